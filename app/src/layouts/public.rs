//! Pages outside an organization.

use leptos::prelude::*;

use super::{brand::brand, page_title::PageTitle, person::person_menu};
use crate::{
    request::actor,
    ui::{menu_closer::MenuCloser, raw::Raw},
};

#[component]
pub fn PublicLayout(
    title: &'static str,
    /// Whether strangers find the way to sign in on top of the page.
    #[prop(optional)]
    offers_sign_in: bool,
    children: Children,
) -> impl IntoView {
    let person = actor().ok().map(|actor| actor.person().clone());
    let sign_in = (offers_sign_in && person.is_none())
        .then(|| view! { <a class="btn btn-sm btn-quiet" href="/sign-in">"Sign in"</a> });
    view! {
        <PageTitle text=if title == "Portico" { title.to_owned() } else { format!("{title} · Portico") }/>
        <a class="skip-link" href="#content">"Skip to content"</a>
        <header>
            <div class="page flex h-15 items-center justify-between">
                <Raw markup=brand("")/>
                {sign_in}
                {person.map(|person| view! {
                    <div class="flex items-center gap-3">
                        <span class="hidden text-sm text-muted sm:inline">{person.email.clone()}</span>
                        <Raw markup=person_menu(&person)/>
                        <MenuCloser/>
                    </div>
                })}
            </div>
        </header>
        <main class="page flex grow flex-col" id="content">{children()}</main>
    }
    // Erased: a layout inside a layout would make types too deep to compile.
    .into_any()
}

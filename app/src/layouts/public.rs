//! Pages outside an organisation.

use leptos::prelude::*;
use leptos_meta::Title;

use super::org::{Brand, SignOutForm};
use crate::request::actor;

#[component]
pub fn PublicLayout(title: &'static str, children: Children) -> impl IntoView {
    let person = actor().ok().map(|actor| actor.person().clone());
    view! {
        <Title text=if title == "Portico" { title.to_owned() } else { format!("{title} · Portico") }/>
        <a class="skip-link" href="#content">"Skip to content"</a>
        <header class="border-b border-base-300">
            <div class="page flex h-14 items-center justify-between">
                <Brand/>
                {person.map(|person| view! {
                    <div class="flex items-center gap-3">
                        <span class="hidden text-muted sm:inline">{person.email}</span>
                        <SignOutForm/>
                    </div>
                })}
            </div>
        </header>
        <main class="page" id="content">{children()}</main>
    }
    // Erased: a layout inside a layout would make types too deep to compile.
    .into_any()
}

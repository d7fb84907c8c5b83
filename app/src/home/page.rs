//! `/`: for strangers what this is, for people who are signed in their organizations.

use leptos::prelude::*;
use services::Actor;

use super::welcome::Welcome;
use crate::{
    layouts::{person::initials, public::PublicLayout},
    request::actor,
    ui::icon::{ARROW, Icon},
};

#[component]
pub fn HomePage() -> impl IntoView {
    match actor() {
        Ok(actor) => view! { <Organizations actor=&actor/> }.into_any(),
        Err(_) => view! { <Welcome/> }.into_any(),
    }
}

#[component]
fn Organizations<'a>(actor: &'a Actor) -> impl IntoView {
    let rows = actor
        .memberships()
        .iter()
        .map(|membership| {
            let name = membership.organization.name.clone();
            view! {
                <li class="panel panel-link flex items-center gap-4 p-4 sm:p-5">
                    {initials(&name, "size-11 text-sm")}
                    <div class="min-w-0 grow">
                        <a class="stretched font-semibold" href=format!("/o/{}", membership.organization.slug)>{name}</a>
                        <p class="text-sm text-muted">"You are " {membership.role.as_str()}</p>
                    </div>
                    <Icon drawing=ARROW class="size-5 text-muted"/>
                </li>
            }
        })
        .collect_view();
    let empty = actor.memberships().is_empty();
    let email = actor.person().email.clone();
    view! {
        <PublicLayout title="Your organizations">
            <div class="mx-auto w-full max-w-xl py-10 sm:py-16">
                <h1 class="title">"Your organizations"</h1>
                {if empty {
                    view! {
                        <p class="panel mt-6 p-6 text-muted">
                            "You don't belong to an organization yet. Ask an owner to add " {email} "."
                        </p>
                    }.into_any()
                } else {
                    view! {
                        <p class="mt-1 text-muted">"Choose where to go."</p>
                        <ul class="mt-6 grid gap-3">{rows}</ul>
                    }.into_any()
                }}
            </div>
        </PublicLayout>
    }
}

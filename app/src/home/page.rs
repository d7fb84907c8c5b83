//! `/`: for strangers what this is, for people who are signed in their organisations.

use leptos::prelude::*;
use services::Actor;

use crate::{layouts::public::PublicLayout, request::actor};

#[component]
pub fn HomePage() -> impl IntoView {
    match actor() {
        Ok(actor) => view! { <Organizations actor=&actor/> }.into_any(),
        Err(_) => view! { <Welcome/> }.into_any(),
    }
}

#[component]
fn Welcome() -> impl IntoView {
    view! {
        <PublicLayout title="Portico">
            <div class="mx-auto max-w-3xl py-20 text-center">
                <h1 class="text-4xl font-semibold tracking-tight sm:text-5xl">"The front door of your product"</h1>
                <p class="mx-auto mt-6 max-w-xl text-lg text-muted">
                    "People, organizations, sign-in, plans and payments, in Rust, ready to build on."
                </p>
                <p class="mt-10">
                    <a class="btn btn-primary btn-lg" href="/sign-in">"Sign in"</a>
                </p>
            </div>
        </PublicLayout>
    }
}

#[component]
fn Organizations<'a>(actor: &'a Actor) -> impl IntoView {
    let rows = actor
        .memberships()
        .iter()
        .map(|membership| {
            view! {
                <li class="card card-link">
                    <div class="card-body flex-row items-center justify-between">
                        <a class="stretched font-medium" href=format!("/o/{}", membership.organization.slug)>
                            {membership.organization.name.clone()}
                        </a>
                        <span class="text-muted">{membership.role.as_str()}</span>
                    </div>
                </li>
            }
        })
        .collect_view();
    let empty = actor.memberships().is_empty();
    view! {
        <PublicLayout title="Your organizations">
            <div class="mx-auto max-w-xl py-12">
                <h1 class="text-2xl font-semibold">"Your organizations"</h1>
                {if empty {
                    view! {
                        <p class="mt-4 text-muted">
                            "You don't belong to an organization yet. Ask an owner to invite you."
                        </p>
                    }.into_any()
                } else {
                    view! { <ul class="mt-6 grid gap-3">{rows}</ul> }.into_any()
                }}
            </div>
        </PublicLayout>
    }
}

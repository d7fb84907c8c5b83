//! `/`: for strangers what this is, for people who are signed in their organizations.

use leptos::prelude::*;
use services::Actor;

use super::welcome::Welcome;
use crate::{
    flash::Flash,
    layouts::{account::NoticeLine, moment::Day, person::initials, public::PublicLayout},
    request::{actor, flash},
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
            let closing = membership.closing.map(|due| view! { ". It is closing, and will be deleted on " <Day at=due/> });
            view! {
                <li class="panel panel-link flex items-center gap-4 p-4 sm:p-5">
                    {initials(&name, "size-11 text-sm")}
                    <div class="min-w-0 grow">
                        <a class="stretched font-semibold" href=format!("/o/{}", membership.organization.slug)>{name}</a>
                        <p class="text-sm text-muted">"You are " {membership.role.as_str()} {closing}</p>
                    </div>
                    <Icon drawing=ARROW class="size-5 text-muted"/>
                </li>
            }
        })
        .collect_view();
    let notice = flash().as_ref().and_then(Flash::notice);
    let list = match actor.memberships().len() {
        0 => view! { <NoneYet email=actor.person().email.clone()/> }.into_any(),
        many => {
            let lead = if many == 1 { "You belong to one so far." } else { "Choose where to go." };
            view! {
                <p class="mt-1 text-muted">{lead}</p>
                <ul class="mt-6 grid gap-3">{rows}</ul>
            }
            .into_any()
        }
    };
    view! {
        <PublicLayout title="Your organizations">
            <div class="mx-auto w-full max-w-xl py-10 sm:py-16">
                <NoticeLine notice/>
                <h1 class="title">"Your organizations"</h1>
                {list}
            </div>
        </PublicLayout>
    }
}

/// Nothing to choose from: what now.
#[component]
fn NoneYet(email: String) -> impl IntoView {
    view! {
        <div class="panel mt-6 p-6" data-testid="no-organization">
            <h2 class="font-semibold">"You are not in an organization"</h2>
            <p class="mt-1 text-pretty text-muted">
                "Everything here belongs to an organization. Ask an owner of yours to add "
                <span class="font-medium text-base-content wrap-anywhere">{email}</span>
                ", then reload this page."
            </p>
            <p class="mt-4 text-sm text-muted">
                "Wrong account? Sign out in the menu above and use another one, or look at "
                <a class="link" href="/account">"this account"</a> "."
            </p>
        </div>
    }
}

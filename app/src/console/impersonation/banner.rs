//! On every page while an operator acts as somebody: as whom, until when, and the way back.

use leptos::{prelude::*, server_fn::ServerFn};
use maud::{Markup, html};

use super::api::EndImpersonation;
use crate::{layouts::moment::minute, request::actor, ui::raw::Raw};

#[component]
pub fn Banner() -> impl IntoView {
    let actor = actor().ok()?;
    let acted_by = actor.acted_by()?;
    let person = actor.person();
    let words = format!("You act as {} ({}) until {} UTC.", person.name, person.email, minute(acted_by.until));
    Some(view! { <Raw markup=banner(&words)/> })
}

fn banner(words: &str) -> Markup {
    html! {
        div class="sticky top-0 z-20 border-b border-warning bg-warning text-warning-content" role="region" aria-label="Support" data-testid="impersonation" {
            div class="page flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-2" {
                p class="min-w-0 text-sm font-medium wrap-anywhere" data-testid="impersonation-words" { (words) }
                form method="post" action=(EndImpersonation::PATH) {
                    button class="btn btn-sm btn-quiet" type="submit" data-testid="end-impersonation" { "End" }
                }
            }
        }
    }
}

//! `/o/{org}/settings`.

use leptos::prelude::*;

use super::membership::OrgScope;
use crate::layouts::settings::{SettingsLayout, Tab};

#[component]
pub fn GeneralPage() -> impl IntoView {
    crate::errors::or_error_page(async { OrgScope::of_address() }, |scope: OrgScope| {
        let organization = scope.organization.clone();
        let role = scope.role;
        view! {
            <SettingsLayout scope tab=Tab::General title="General" lead="What this organization is called, and who you are in it.">
                <section class="card">
                    <dl class="card-body divide-y divide-base-300">
                        <Row term="Name">{organization.name}</Row>
                        <Row term="Address"><code>{format!("/o/{}", organization.slug)}</code></Row>
                        <Row term="Your role">{role.as_str()} " · " <span class="text-muted">{role.summary()}</span></Row>
                    </dl>
                </section>
            </SettingsLayout>
        }
    })
}

#[component]
fn Row(term: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="grid gap-1 py-3 sm:grid-cols-[10rem_1fr]">
            <dt class="text-muted">{term}</dt>
            <dd class="break-words">{children()}</dd>
        </div>
    }
}

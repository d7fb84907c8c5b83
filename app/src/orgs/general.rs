//! `/o/{org}/settings`.

use leptos::prelude::*;

use super::membership::OrgScope;
use crate::layouts::settings::{SettingsLayout, Tab};

#[component]
pub fn GeneralPage() -> impl IntoView {
    crate::errors::or_error_page(OrgScope::of_address(), |scope: OrgScope| {
        let organization = scope.organization.clone();
        let role = scope.role;
        view! {
            <SettingsLayout scope tab=Tab::General title="General" lead="What this organization is called, and who you are in it.">
                <dl class="panel divide-y divide-base-300">
                    <Row term="Name">{organization.name}</Row>
                    <Row term="Address"><code class="text-sm">{format!("/o/{}", organization.slug)}</code></Row>
                    <Row term="Your role">
                        {role.as_str()}
                        <span class="block text-sm text-muted">{role.summary()}</span>
                    </Row>
                </dl>
            </SettingsLayout>
        }
    })
}

#[component]
fn Row(term: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="grid gap-x-6 gap-y-1 px-5 py-4 sm:grid-cols-[9rem_1fr] sm:px-6">
            <dt class="text-muted">{term}</dt>
            <dd class="font-medium wrap-anywhere">{children()}</dd>
        </div>
    }
}

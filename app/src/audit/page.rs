//! `/o/{org}/settings/audit`.

use leptos::prelude::*;
use services::audit::AuditView;

use super::entries::Entries;
use crate::{
    layouts::settings::{SettingsLayout, Tab},
    orgs::membership::OrgScope,
    request::query_value,
};

#[component]
pub fn AuditPage() -> impl IntoView {
    let load = async move {
        let scope = OrgScope::of_address().await?;
        let page = query_value("page").and_then(|page| page.parse().ok()).unwrap_or(0u32).min(10_000);
        let audit = scope.services.list_audit(&scope.actor, scope.slug(), page).await?;
        Ok((scope, audit))
    };
    crate::errors::or_error_page(load, |(scope, audit): (OrgScope, AuditView)| {
        let base = format!("/o/{}/settings/audit", scope.slug());
        view! {
            <SettingsLayout scope tab=Tab::Audit title="Audit log" lead="Who did what in this organization, newest first. Times are UTC.">
                {if audit.entries.is_empty() {
                    view! {
                        <div class="panel px-6 py-12 text-center">
                            <h2 class="font-semibold">"Nothing to see yet"</h2>
                            <p class="mx-auto mt-1 max-w-sm text-pretty text-muted">
                                "When somebody opens the billing portal, or is refused, it is written down here."
                            </p>
                        </div>
                    }.into_any()
                } else {
                    view! { <Entries audit=&audit/> }.into_any()
                }}
                <Pager base page=audit.page has_more=audit.has_more/>
            </SettingsLayout>
        }
    })
}

#[component]
fn Pager(base: String, page: u32, has_more: bool) -> impl IntoView {
    let newer = (page > 0).then(|| format!("{base}?page={}", page - 1));
    let older = has_more.then(|| format!("{base}?page={}", page + 1));
    (newer.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="mt-4 flex justify-between gap-4" aria-label="Pages">
                {newer.map(|href| view! { <a class="btn btn-sm" href=href rel="prev">"Newer"</a> })}
                {older.map(|href| view! { <a class="btn btn-sm" href=href rel="next">"Older"</a> })}
            </nav>
        }
    })
}

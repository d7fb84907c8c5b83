//! `/o/{org}/settings/audit`.

use leptos::prelude::*;
use services::audit::AuditView;

use crate::{
    layouts::{
        moment::Moment,
        settings::{SettingsLayout, Tab},
    },
    orgs::membership::OrgScope,
    request::query_value,
};

/// Why, in words. Stored reasons are a closed list; one that is not known here is shown as it is.
fn reason_in_words(reason: &str) -> String {
    match reason {
        "not_a_member" => "Not a member",
        "flag_off" => "Switched off",
        "role_missing" => "Needs the owner role",
        "no_customer" => "Billing was not set up",
        "undecidable" => "The rules could not be evaluated",
        "timeout" => "The payment provider did not answer in time",
        "unreachable" => "The payment provider was out of reach",
        "provider_failed" => "The payment provider failed",
        "provider_refused" => "The payment provider refused",
        "unreadable_answer" => "The payment provider's answer could not be read",
        "answer_mismatch" => "The payment provider's answer did not match this organization",
        other => return other.replace('_', " "),
    }
    .to_owned()
}

#[component]
pub fn AuditPage() -> impl IntoView {
    let load = async move {
        let scope = OrgScope::of_address()?;
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
                        <div class="card"><div class="card-body text-muted">
                            "Nothing yet. Opening the billing portal is the first thing that will show up here."
                        </div></div>
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
fn Entries<'a>(audit: &'a AuditView) -> impl IntoView {
    let rows = audit
        .entries
        .iter()
        .map(|entry| {
            view! {
                <tr data-testid="audit-row">
                    <td><Moment at=entry.at/></td>
                    <td class="break-all">{entry.actor.clone()}</td>
                    <td>{entry.action.label()}</td>
                    <td>{entry.outcome.label()}</td>
                    <td>{entry.reason.as_deref().map(reason_in_words)}</td>
                    <td>{entry.address.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="card overflow-x-auto" tabindex="0" role="region" aria-label="Audit entries">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"Outcome"</th>
                        <th scope="col">"Why"</th>
                        <th scope="col">"Address"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Pager(base: String, page: u32, has_more: bool) -> impl IntoView {
    let newer = (page > 0).then(|| format!("{base}?page={}", page - 1));
    let older = has_more.then(|| format!("{base}?page={}", page + 1));
    (newer.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="mt-4 flex gap-4" aria-label="Pages">
                {newer.map(|href| view! { <a class="btn btn-sm" href=href rel="prev">"Newer"</a> })}
                {older.map(|href| view! { <a class="btn btn-sm" href=href rel="next">"Older"</a> })}
            </nav>
        }
    })
}

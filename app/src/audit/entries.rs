//! The rows of the audit log: a table where there is room, stacked where there is not.

use domain::audit::AuditOutcome;
use leptos::prelude::*;
use services::audit::AuditView;

use crate::layouts::moment::Moment;

/// Rows become blocks on narrow screens, so each part says by `role` what it is.
#[component]
pub fn Entries<'a>(audit: &'a AuditView) -> impl IntoView {
    let rows = audit
        .entries
        .iter()
        .map(|entry| {
            let reason = entry.reason.as_deref().map(in_words);
            let (subject, operator) = (entry.subject.clone(), entry.operator.clone());
            view! {
                <tr role="row" class="entry" data-testid="audit-row">
                    <td role="cell" class="entry-what">
                        <span class="font-medium">{entry.action.label()}</span>
                        {subject.map(|subject| view! { <span class="block text-sm wrap-anywhere">{subject}</span> })}
                        {reason.map(|reason| view! { <span class="block text-sm text-muted">{reason}</span> })}
                    </td>
                    <td role="cell" class="entry-outcome"><span class=tone(entry.outcome)>{entry.outcome.label()}</span></td>
                    <td role="cell" class="entry-detail wrap-anywhere">
                        {entry.actor.clone()}
                        {operator.map(|operator| view! { <span class="block" data-testid="audit-operator">"by " {operator} ", for support"</span> })}
                    </td>
                    <td role="cell" class="entry-detail">
                        <Moment at=entry.at/>
                        {entry.address.clone().map(|address| view! { <span class="block wrap-anywhere">{address}</span> })}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="panel">
            <table class="entries" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"What"</th>
                        <th role="columnheader" scope="col" class="w-26">"Outcome"</th>
                        <th role="columnheader" scope="col" class="w-44">"Who"</th>
                        <th role="columnheader" scope="col" class="w-48">"When, from where"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
}

const fn tone(outcome: AuditOutcome) -> &'static str {
    match outcome {
        AuditOutcome::Done => "badge badge-soft badge-success badge-sm font-medium",
        AuditOutcome::Refused => "badge badge-soft badge-warning badge-sm font-medium",
        AuditOutcome::Failed => "badge badge-soft badge-error badge-sm font-medium",
    }
}

/// Why. Stored reasons are a closed list; one that is not known here is shown as it is.
fn in_words(reason: &str) -> String {
    match reason {
        "not_a_member" => "Not a member",
        "closing" => "It is about to be deleted",
        "subscription_lives" => "Its subscription still runs",
        "link_not_good" => "The link was no longer good",
        "flag_off" => "Switched off",
        "role_missing" => "Needs another role",
        "not_the_author" => "Somebody else's",
        "last_owner" => "Nobody would be left to own it",
        "above_own_role" => "Somebody above their own role",
        "address_not_allowed" => "Not from this network",
        "impersonated" => "Closed to support",
        "time_is_up" => "The time was up",
        "no_longer_staff" => "They are no operator any more",
        "outside_hours" => "Not at this hour",
        "proof_too_old" => "Asked to confirm who they are first",
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

//! Which plan, in which state.

use domain::{Timestamp, billing::SubscriptionStatus};
use leptos::prelude::*;

use crate::layouts::moment::Day;

/// What a status means to the person reading it, and how loud it is said.
fn tone(status: SubscriptionStatus) -> &'static str {
    match status {
        SubscriptionStatus::Active | SubscriptionStatus::Trialing => "badge badge-soft badge-success",
        SubscriptionStatus::PastDue | SubscriptionStatus::Incomplete | SubscriptionStatus::Unpaid => {
            "badge badge-soft badge-warning"
        }
        _ => "badge badge-soft",
    }
}

#[component]
pub fn PlanCard(
    plan: String,
    status: Option<SubscriptionStatus>,
    current_period_end: Option<Timestamp>,
) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="plan-title">
            <div class="card-body">
                <h2 class="card-title" id="plan-title">"Current plan"</h2>
                <p class="flex flex-wrap items-center gap-3">
                    <span class="text-2xl font-semibold" data-testid="plan-name">{plan}</span>
                    {status.map(|status| view! {
                        <span class=tone(status) data-testid="subscription-status">{status.label()}</span>
                    })}
                </p>
                {match current_period_end {
                    Some(end) => view! { <p class="text-muted">"Renews on " <Day at=end/> "."</p> }.into_any(),
                    None => view! { <p class="text-muted">"Nothing to pay. Upgrade whenever you need more."</p> }.into_any(),
                }}
            </div>
        </section>
    }
}

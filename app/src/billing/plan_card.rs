//! Which plan, in which state, and what that means for the person reading it.

use domain::{
    Timestamp,
    billing::{Interval, NextInvoice, ScheduledChange, SubscriptionStatus},
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::KeepPlan;
use crate::{layouts::moment::Day, ui::busy_button::BusyButton};

#[component]
pub fn PlanCard(
    plan: String,
    status: Option<SubscriptionStatus>,
    current_period_end: Option<Timestamp>,
    /// When it ends, if that is decided.
    cancel_at: Option<Timestamp>,
    /// Where the plans are compared.
    plans: String,
    invoices: String,
    /// Whether this person may choose one now.
    may_choose: bool,
    #[prop(optional_no_strip)] seats: Option<u32>,
    #[prop(optional_no_strip)] next: Option<NextInvoice>,
    /// What it becomes, by name.
    #[prop(optional_no_strip)]
    change: Option<(String, ScheduledChange)>,
    /// The organization, for whoever may keep the plan as it is.
    #[prop(optional_no_strip)]
    keep: Option<String>,
) -> impl IntoView {
    let (class, words) =
        if may_choose { ("btn btn-primary", "Choose a plan") } else { ("link font-medium", "Compare plans") };
    let goes_on = status.is_some_and(SubscriptionStatus::goes_on);
    let end = cancel_at.filter(|_| goes_on);
    // An end that somebody set further off: until then it is paid for as before.
    let is_paid_on = end.zip(current_period_end).is_some_and(|(end, paid_until)| end > paid_until);
    let is_last = end.is_some() && !is_paid_on;
    let has_other_end = goes_on && (cancel_at.is_some() || change.is_some());
    let kept = plan.clone();
    view! {
        <section class="panel p-5 sm:p-6" aria-labelledby="plan-title">
            <h2 class="text-sm font-medium text-muted" id="plan-title">"Current plan"</h2>
            <p class="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1">
                <span class="text-3xl font-semibold tracking-tight" data-testid="plan-name">{plan}</span>
                {status.map(|status| view! {
                    <span class=tone(status) data-testid="subscription-status">{status.label()}</span>
                })}
            </p>
            {seats.map(|seats| {
                let words = if seats == 1 { "1 seat".to_owned() } else { format!("{seats} seats") };
                view! { <p class="mt-1 text-sm text-muted" data-testid="seats">{words}</p> }
            })}
            <Meaning status current_period_end end is_paid_on/>
            {next.filter(|_| goes_on && !is_last).map(next_invoice)}
            {change.filter(|_| goes_on && end.is_none()).map(becomes)}
            {keep.filter(|_| has_other_end).map(|slug| keep_form(slug, &kept))}
            <p class="mt-5 flex flex-wrap items-center gap-x-5 gap-y-3">
                <a class=class href=plans data-testid="plans-link">{words}</a>
                <a class="link font-medium" href=invoices data-testid="invoices-link">"Invoices"</a>
            </p>
        </section>
    }
}

fn next_invoice(next: NextInvoice) -> impl IntoView {
    view! {
        <p class="mt-1 text-sm text-muted">
            "Next invoice: " <span class="font-medium text-base-content" data-testid="next-invoice">{next.due.to_string()}</span>
            ", on " <Day at=next.at/> "."
        </p>
    }
}

fn becomes((name, change): (String, ScheduledChange)) -> impl IntoView {
    let rhythm = match change.interval {
        Some(Interval::Month) => ", by the month",
        Some(Interval::Year) => ", by the year",
        None => "",
    };
    view! {
        <p class="mt-3 text-pretty">
            "On " <span class="font-medium"><Day at=change.at/></span> " it becomes "
            <span class="font-medium" data-testid="scheduled-change">{format!("{name}{rhythm}")}</span> "."
        </p>
    }
}

fn keep_form(slug: String, plan: &str) -> impl IntoView + use<> {
    view! {
        <form class="mt-3" method="post" action=KeepPlan::PATH>
            <input type="hidden" name="org" value=slug/>
            <BusyButton label=format!("Keep {plan}") busy_label="One moment…".to_owned() testid="keep-plan".to_owned()/>
        </form>
    }
}

/// How loud a status is said.
fn tone(status: SubscriptionStatus) -> &'static str {
    match status {
        SubscriptionStatus::Active | SubscriptionStatus::Trialing => "badge badge-soft badge-success font-medium",
        SubscriptionStatus::PastDue | SubscriptionStatus::Incomplete | SubscriptionStatus::Unpaid => {
            "badge badge-soft badge-warning font-medium"
        }
        _ => "badge badge-soft font-medium",
    }
}

#[component]
fn Meaning(
    status: Option<SubscriptionStatus>,
    current_period_end: Option<Timestamp>,
    /// Of one that goes on until then.
    end: Option<Timestamp>,
    is_paid_on: bool,
) -> impl IntoView {
    let text = match end {
        Some(_) if is_paid_on => "Canceled: you keep it, and pay for it as before, until it ends on",
        Some(_) => "Canceled: you keep it, and nothing more is charged, until it ends on",
        None => meaning(status, current_period_end.is_some()),
    };
    // Only a sentence that ends before the date is given one.
    let day = end
        .or(current_period_end)
        .filter(|_| text.ends_with("on"))
        .map(|end| view! { " " <span class="font-medium text-base-content"><Day at=end/></span> "." });
    (!text.is_empty()).then(|| view! { <p class="mt-2 text-muted">{text} {day}</p> })
}

/// What now. A sentence that ends in "on" is followed by the end of the period.
const fn meaning(status: Option<SubscriptionStatus>, has_end: bool) -> &'static str {
    match status {
        None => "There is nothing to pay on this plan.",
        Some(SubscriptionStatus::Active) if has_end => "Renews on",
        Some(SubscriptionStatus::Trialing) if has_end => "The trial ends on",
        Some(SubscriptionStatus::Active | SubscriptionStatus::Trialing) => "",
        Some(SubscriptionStatus::PastDue | SubscriptionStatus::Unpaid) => {
            "The last payment did not go through. Check the payment method to keep this plan."
        }
        Some(SubscriptionStatus::Incomplete) => "This plan starts once the first payment has gone through.",
        Some(SubscriptionStatus::IncompleteExpired) => {
            "The first payment did not go through, so this plan never started."
        }
        Some(SubscriptionStatus::Canceled) => "This plan has ended. Nothing more will be charged.",
        Some(SubscriptionStatus::Paused) => "Nothing is charged while this plan is paused.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plan_that_goes_on_is_given_a_date() {
        for status in SubscriptionStatus::ALL {
            let dated = meaning(Some(status), true).ends_with("on");
            assert_eq!(
                dated,
                matches!(status, SubscriptionStatus::Active | SubscriptionStatus::Trialing),
                "{status:?}"
            );
            assert!(!meaning(Some(status), false).ends_with(" on"), "{status:?}");
        }
    }
}

//! Changes to a running subscription: other prices, other quantities, another rhythm, a trial.
//!
//! A preview runs this very code on a copy of the books, so what it shows is what will be billed.

use serde_json::{Value, json};

use super::billing::{PaymentBehavior, bill_now, draft_pending, end_discounts};
use super::items::{self, AskedItem};
use super::period::previous_boundary;
use super::proration::{self, Charging};
use super::renewal;
use super::timetable::{ANNOUNCED, keep, period};
use crate::billing::discount::{self, Asked, Target};
use crate::billing::line;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;

/// What becomes of the money for time used and unused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prorations {
    /// They wait for the next invoice.
    #[default]
    Create,
    /// They are invoiced now.
    Invoice,
    None,
}

/// A new end of the trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialEnd {
    Now,
    At(i64),
}

/// What is to change.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub items: Vec<AskedItem>,
    pub prorations: Prorations,
    /// The moment from which time is counted as unused; now when `None`.
    pub proration_date: Option<i64>,
    /// A new period begins now.
    pub is_anchor_now: bool,
    pub trial_end: Option<TrialEnd>,
    /// In place of those there are.
    pub discounts: Option<Vec<Asked>>,
    pub behavior: PaymentBehavior,
}

/// Changes a subscription. `subscription` is as it is to be but for what `change` says.
///
/// # Errors
/// 400 for what can't be, 402 with `error_if_incomplete`.
pub fn change(books: &mut Books, mut subscription: Value, change: &Change) -> Result<Value, ApiError> {
    let id = subscription.id().to_owned();
    let now = books.now_of(&subscription);
    let at = proration_date(&subscription, change, now)?;
    let before = books.subscriptions.get(&id).cloned().unwrap_or_else(|| subscription.clone());
    let mut after = items::after(books, &id, before.list("items"), &change.items, now)?;
    if subscription["status"] == "incomplete" && !change.items.is_empty() {
        let message = "A subscription that is incomplete can't change its items; wait until it is paid or has expired.";
        return Err(ApiError::invalid("items", message));
    }
    if subscription["status"] == "incomplete" && change.is_anchor_now {
        let message =
            "A subscription that is incomplete has no period to begin anew; wait until it is paid or has expired.";
        return Err(ApiError::invalid("billing_cycle_anchor", message));
    }
    if subscription["status"] == "incomplete" && change.trial_end == Some(TrialEnd::Now) {
        let message = "A subscription that is incomplete has no trial to end; wait until it is paid or has expired.";
        return Err(ApiError::invalid("trial_end", message));
    }
    if after[0]["price"]["currency"] != subscription["currency"] {
        return Err(ApiError::invalid("items", "All prices on a subscription must have the same currency."));
    }
    items::set_period(&mut after, period(&subscription));
    subscription["items"] = items::as_list(&id, after);
    if let Some(asked) = &change.discounts {
        change_discounts(books, &mut subscription, asked, now)?;
    }
    match (change.trial_end, subscription.text("status")) {
        (Some(TrialEnd::At(end)), _) => begin_trial(books, &before, subscription, change, at, end)?,
        (Some(TrialEnd::Now), "trialing") => reset(books, &before, subscription, change, at)?,
        (_, "active" | "past_due" | "unpaid") if resets(&before, &subscription, change) => {
            reset(books, &before, subscription, change, at)?;
        }
        (_, "active" | "past_due" | "unpaid") => prorate(books, &before, subscription, change, at)?,
        _ => keep(books, subscription, &[]),
    }
    books.subscriptions.get(&id).cloned().ok_or_else(|| ApiError::no_such("subscription", &id, "id", true))
}

fn proration_date(subscription: &Value, change: &Change, now: i64) -> Result<i64, ApiError> {
    let at = change.proration_date.unwrap_or(now);
    let (start, end) = period(subscription);
    if change.proration_date.is_some() && !(start..=end).contains(&at) {
        let message = "proration_date must lie within the current period of the subscription.";
        return Err(ApiError::invalid("proration_date", message));
    }
    Ok(at)
}

fn change_discounts(books: &mut Books, subscription: &mut Value, asked: &[Asked], now: i64) -> Result<(), ApiError> {
    let before = subscription.list("discounts").to_vec();
    let target = Target {
        customer: subscription.text("customer"),
        subscription: Some(subscription.id()),
        invoice: None,
        checkout_session: None,
        currency: subscription.text("currency"),
        amount: Some(items::total(subscription["items"].list("data"))),
        own: &before,
        now,
    };
    let after = discount::redeem(books, asked, target)?;
    for gone in before.iter().filter(|id| !after.contains(id)) {
        discount::end(books, gone.as_str().unwrap_or_default());
    }
    subscription["discounts"] = json!(after);
    Ok(())
}

/// Whether a new period begins with the change: another rhythm, from free to paid, or when asked.
fn resets(before: &Value, after: &Value, change: &Change) -> bool {
    let (old, new) = (before.list("items"), after.list("items"));
    let cost = |items: &[Value]| items.iter().map(line::full).sum::<i64>();
    change.is_anchor_now || !items::is_same_rhythm(&old[0], &new[0]) || (cost(old) == 0 && cost(new) > 0)
}

/// Credits what is unused and begins a new period now, invoiced at once. Time that the new
/// period charges is given back in any case, also where time is to be counted from later on.
fn reset(books: &mut Books, before: &Value, mut subscription: Value, change: &Change, at: i64) -> Result<(), ApiError> {
    let now = books.now_of(&subscription);
    if subscription["status"] == "trialing" {
        subscription["status"] = json!("active");
        subscription["trial_end"] = json!(now);
    } else if change.prorations != Prorations::None {
        proration::credit_all(books, before, at.min(now));
    }
    subscription["billing_cycle_anchor"] = json!(now);
    let invoice = renewal::begin(books, &mut subscription, period(before), now, "subscription_update");
    keep(books, subscription, &[]);
    match invoice {
        Some(invoice) => bill_now(books, invoice, change.behavior).map(drop),
        None => Err(ApiError::invalid("items", "The period lies outside the calendar.")),
    }
}

/// Within the period: credits what is unused of the old, charges what is left of the new.
fn prorate(
    books: &mut Books,
    before: &Value,
    mut subscription: Value,
    change: &Change,
    at: i64,
) -> Result<(), ApiError> {
    keep(books, subscription.clone(), &[]);
    if change.prorations == Prorations::None {
        return Ok(());
    }
    let (old, new) = (before.list("items"), subscription.list("items").to_vec());
    for item in old.iter().filter(|item| !new.iter().any(|other| costs_the_same(item, other))) {
        proration::credit(books, before, item.id(), at);
    }
    let charged: Vec<&str> =
        new.iter().filter(|item| !old.iter().any(|other| costs_the_same(item, other))).map(Fields::id).collect();
    let end = period(&subscription).1;
    let recurring = &new[0]["price"]["recurring"];
    let from = previous_boundary(subscription.int("billing_cycle_anchor"), recurring, end);
    let charging = Charging {
        items: &charged,
        at,
        length: end - from.unwrap_or_else(|| period(&subscription).0),
        is_invoiced_now: change.prorations == Prorations::Invoice,
    };
    let spent = proration::charge(books, &subscription, &charging);
    if !spent.is_empty() {
        end_discounts(books, &mut subscription, &spent);
        keep(books, subscription.clone(), &[]);
    }
    if change.prorations == Prorations::Invoice
        && let Some(invoice) = draft_pending(books, &mut subscription, "subscription_update")
    {
        keep(books, subscription, &[]);
        bill_now(books, invoice, change.behavior)?;
    }
    Ok(())
}

fn costs_the_same(one: &Value, other: &Value) -> bool {
    one["id"] == other["id"]
        && one["price"]["id"] == other["price"]["id"]
        && line::quantity(one) == line::quantity(other)
}

/// Begins a trial, or moves the end of the one there is. What was paid for is given back.
fn begin_trial(
    books: &mut Books,
    before: &Value,
    mut subscription: Value,
    change: &Change,
    at: i64,
    end: i64,
) -> Result<(), ApiError> {
    let now = books.now_of(&subscription);
    if end <= now {
        return Err(ApiError::invalid("trial_end", "Invalid timestamp: must be in the future."));
    }
    let mut start = period(&subscription).0;
    if subscription["status"] != "trialing" {
        if !["active", "past_due"].contains(&subscription.text("status")) {
            return Err(ApiError::invalid("trial_end", "This subscription can't begin a trial in its status."));
        }
        if change.prorations != Prorations::None {
            proration::credit_all(books, before, at.min(now));
        }
        subscription["status"] = json!("trialing");
        subscription["trial_start"] = json!(now);
        start = now;
    }
    subscription["trial_end"] = json!(end);
    subscription["billing_cycle_anchor"] = json!(end);
    super::billing::enter_period(&mut subscription, (start, end));
    let is_announced = end - ANNOUNCED <= now;
    keep(books, subscription.clone(), &[]);
    if is_announced {
        books.emit("customer.subscription.trial_will_end", &subscription, None);
    }
    Ok(())
}

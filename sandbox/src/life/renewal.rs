//! The ends of periods and trials, and what begins then.

use serde_json::{Value, json};

use super::billing::{draft_period, enter_period};
use super::cancel;
use super::period::next_boundary;
use super::timetable::{keep, period};
use crate::agenda::Deed;
use crate::books::Books;
use crate::fields::Fields;

/// Begins the next period: the items move, and its draft is made.
pub fn period_end(books: &mut Books, id: &str) {
    let Some(mut subscription) = books.subscriptions.living(id).cloned() else {
        return;
    };
    let before = period(&subscription);
    begin(books, &mut subscription, before, before.1, "subscription_cycle");
    keep(books, subscription, &[]);
}

/// Moves a subscription into the period that begins at `start`, and drafts its invoice.
pub fn begin(
    books: &mut Books,
    subscription: &mut Value,
    before: (i64, i64),
    start: i64,
    reason: &str,
) -> Option<Value> {
    let recurring = subscription["items"]["data"][0]["price"]["recurring"].clone();
    // A period outside the calendar: it stays in the one it is in.
    let end = next_boundary(subscription.int("billing_cycle_anchor"), &recurring, start)?;
    enter_period(subscription, (start, end));
    Some(draft_period(books, subscription, before, reason))
}

/// Three days before the end of a trial.
pub fn trial_will_end(books: &mut Books, id: &str) {
    if let Some(subscription) = books.subscriptions.living(id).cloned() {
        books.emit("customer.subscription.trial_will_end", &subscription, None);
    }
}

/// Ends a trial: with a card, or without one by what the trial's settings say.
pub fn trial_end(books: &mut Books, id: &str) {
    let Some(mut subscription) = books.subscriptions.living(id).filter(|s| s["status"] == "trialing").cloned() else {
        return;
    };
    let before = period(&subscription);
    let missing = subscription["trial_settings"]["end_behavior"].text("missing_payment_method").to_owned();
    match missing.as_str() {
        "pause" if !has_method(books, &subscription) => {
            subscription["status"] = json!("paused");
            subscription["status_details"] = json!({"paused": {
                "subscription": {"type": "trial_end_without_payment_method"}, "transitioned_at": before.1,
                "type": "subscription",
            }});
            keep(books, subscription, &["customer.subscription.paused"]);
        }
        "cancel" if !has_method(books, &subscription) => {
            cancel::end(books, subscription, "");
        }
        _ => {
            subscription["status"] = json!("active");
            begin(books, &mut subscription, before, before.1, "subscription_cycle");
            keep(books, subscription, &[]);
        }
    }
}

/// Whether there is a way to collect.
pub fn has_method(books: &Books, subscription: &Value) -> bool {
    let customer = books.customers.living(subscription.text("customer"));
    subscription["collection_method"] == "send_invoice"
        || subscription["default_payment_method"].is_string()
        || customer.is_some_and(|customer| customer["invoice_settings"]["default_payment_method"].is_string())
}

/// Ends `pause_collection` at its time.
pub fn resume_collection(books: &mut Books, id: &str) {
    if let Some(mut subscription) = books.subscriptions.living(id).cloned() {
        subscription["pause_collection"] = Value::Null;
        keep(books, subscription, &[]);
        books.agenda.set(None, Deed::ResumeCollection, id, None);
    }
}

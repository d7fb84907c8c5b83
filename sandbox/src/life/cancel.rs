//! The end of a subscription: now, or at a time set before.

use serde_json::{Value, json};

use super::billing::{PaymentBehavior, bill_now, draft_pending};
use super::proration;
use super::timetable::{self, period};
use crate::billing::settle;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;

/// How to end a subscription now.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cancel {
    /// Give back what is not used of the period.
    pub prorates: bool,
    /// Invoice what is pending at once.
    pub invoices_now: bool,
}

/// Ends a subscription now.
///
/// # Errors
/// 404 when it is not there or has ended.
pub fn cancel(books: &mut Books, id: &str, how: Cancel) -> Result<Value, ApiError> {
    let found = books.subscriptions.living(id).filter(|subscription| !is_over(subscription)).cloned();
    let mut subscription = found.ok_or_else(|| ApiError::no_such("subscription", id, "id", true))?;
    let now = books.now_of(&subscription);
    let is_running = ["active", "past_due"].contains(&subscription.text("status"));
    if how.prorates && is_running {
        proration::credit_all(books, &subscription, now);
    }
    if how.invoices_now
        && is_running
        && let Some(invoice) = draft_pending(books, &mut subscription, "subscription_update")
    {
        timetable::keep(books, subscription.clone(), &[]);
        bill_now(books, invoice, PaymentBehavior::AllowIncomplete)?;
        subscription = books.subscriptions.get(id).cloned().unwrap_or(subscription);
    }
    Ok(end(books, subscription, "cancellation_requested"))
}

/// Whether nothing can happen to a subscription any more.
pub fn is_over(subscription: &Value) -> bool {
    ["canceled", "incomplete_expired"].contains(&subscription.text("status"))
}

/// Ends a subscription, unless it has ended: nothing is collected for it any more.
pub fn end(books: &mut Books, mut subscription: Value, reason: &str) -> Value {
    if is_over(&subscription) {
        return subscription;
    }
    let now = books.now_of(&subscription);
    let is_incomplete = subscription["status"] == "incomplete";
    subscription["status"] = json!(if is_incomplete { "incomplete_expired" } else { "canceled" });
    subscription["ended_at"] = json!(now);
    if subscription["canceled_at"].is_null() {
        subscription["canceled_at"] = json!(now);
    }
    if subscription["cancellation_details"]["reason"].is_null() && !reason.is_empty() {
        subscription["cancellation_details"]["reason"] = json!(reason);
    }
    let schedule = subscription.text("schedule").to_owned();
    timetable::keep_ended(books, &subscription);
    stop_collecting(books, &subscription, is_incomplete);
    super::schedule::end_with_subscription(books, &schedule);
    subscription
}

fn stop_collecting(books: &mut Books, subscription: &Value, voids: bool) {
    let is_its = |invoice: &&Value| {
        invoice["parent"]["subscription_details"]["subscription"] == subscription["id"]
            && ["draft", "open"].contains(&invoice.text("status"))
    };
    let left: Vec<Value> = books.invoices.of_customer(subscription.text("customer")).filter(is_its).cloned().collect();
    for mut invoice in left {
        if voids && invoice["status"] == "open" {
            settle::void(books, invoice);
        } else {
            settle::stop(&mut invoice);
            settle::keep(books, invoice, &[]);
        }
    }
}

/// The time set before has come. What is pending is invoiced when the period is over.
pub fn cancel_due(books: &mut Books, id: &str) {
    let Some(mut subscription) = books.subscriptions.living(id).cloned() else {
        return;
    };
    let is_whole = period(&subscription).1 <= books.now_of(&subscription);
    let last = if is_whole { draft_pending(books, &mut subscription, "subscription_cycle") } else { None };
    end(books, subscription, "cancellation_requested");
    // The last one is still collected.
    if let Some(invoice) = last {
        settle::keep(books, invoice, &[]);
    }
}

/// Whether it is decided when a subscription ends, in either of the two ways.
pub fn is_ending(subscription: &Value) -> bool {
    subscription.is("cancel_at_period_end") || subscription.maybe_int("cancel_at").is_some()
}

/// Writes on a subscription that it ends with its period, or no longer does.
pub fn set_at_period_end(subscription: &mut Value, is_on: bool, now: i64) {
    let was = subscription.is("cancel_at_period_end");
    subscription["cancel_at_period_end"] = json!(is_on);
    if is_on && !was {
        set_at(subscription, Some(period(subscription).1), now);
    } else if was && !is_on {
        set_at(subscription, None, now);
    }
}

/// Writes on a subscription when it ends, or that it does not.
pub fn set_at(subscription: &mut Value, at: Option<i64>, now: i64) {
    subscription["cancel_at"] = json!(at);
    subscription["canceled_at"] = json!(at.map(|_| now));
    subscription["cancellation_details"]["reason"] = json!(at.map(|_| "cancellation_requested"));
}

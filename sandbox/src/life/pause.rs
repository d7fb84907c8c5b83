//! Resuming a paused subscription.
//!
//! A new period begins, and its invoice decides: once it is paid the subscription is active.
//! Unpaid for 23 hours it is voided, and the subscription stays paused.

use serde_json::{Value, json};

use super::billing::{PaymentBehavior, bill_now, draft_period, enter_period};
use super::period::next_boundary;
use super::timetable::{keep, period};
use crate::agenda::Deed;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;

/// How long the invoice of a resumption may stay unpaid.
const TO_PAY: i64 = 23 * 60 * 60;

/// Resumes a paused subscription.
///
/// # Errors
/// 404 when it is not there, 400 when it is not paused.
pub fn resume(books: &mut Books, id: &str) -> Result<Value, ApiError> {
    let found = books.subscriptions.living(id).cloned();
    let mut subscription = found.ok_or_else(|| ApiError::no_such("subscription", id, "subscription", true))?;
    if subscription["status"] != "paused" {
        return Err(ApiError::invalid("", "You can only resume subscriptions that are paused."));
    }
    let now = books.now_of(&subscription);
    let before = period(&subscription);
    let mut resumed = subscription.clone();
    resumed["billing_cycle_anchor"] = json!(now);
    let end = period_from(&resumed, now);
    enter_period(&mut resumed, (now, end));
    let invoice = draft_period(books, &mut resumed, before, "subscription_update");
    subscription["latest_invoice"] = invoice["id"].clone();
    subscription["discounts"] = resumed["discounts"].clone();
    keep(books, subscription, &[]);
    let clock = books.clock_of(&invoice).map(str::to_owned);
    books.agenda.set(clock.as_deref(), Deed::ResumptionExpiry, invoice.id(), Some(now + TO_PAY));
    bill_now(books, invoice, PaymentBehavior::AllowIncomplete)?;
    books.subscriptions.get(id).cloned().ok_or_else(|| ApiError::no_such("subscription", id, "subscription", true))
}

/// Its invoice was paid: the subscription is in the period that the invoice is for.
pub fn restart(books: &Books, subscription: &mut Value) {
    let invoice = books.invoices.get(subscription.text("latest_invoice"));
    let start = invoice.map_or_else(|| books.now_of(subscription), |invoice| invoice.int("created"));
    subscription["billing_cycle_anchor"] = json!(start);
    subscription["status_details"] = Value::Null;
    let end = period_from(subscription, start);
    enter_period(subscription, (start, end));
}

fn period_from(subscription: &Value, start: i64) -> i64 {
    let recurring = &subscription["items"]["data"][0]["price"]["recurring"];
    next_boundary(start, recurring, start).unwrap_or(start)
}

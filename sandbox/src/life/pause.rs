//! Resuming a paused subscription.
//!
//! A new period begins, and its invoice decides: once it is paid or given up the subscription is
//! active. Voided, or unpaid for 23 hours and voided then, the subscription stays paused. There is
//! one such invoice at a time, so one period is paid once: who resumes again voids the one before.

use serde_json::{Value, json};

use super::billing::{PaymentBehavior, bill_now, draft_period, enter_period};
use super::period::next_boundary;
use super::timetable::{keep, period};
use crate::agenda::Deed;
use crate::billing::settle;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;

/// How long the invoice of a resumption may stay unpaid.
const TO_PAY: i64 = 23 * 60 * 60;

/// Resumes a paused subscription.
///
/// # Errors
/// 404 when it is not there, 400 when it is not paused or pays by invoices that are sent.
pub fn resume(books: &mut Books, id: &str) -> Result<Value, ApiError> {
    let found = books.subscriptions.living(id).cloned();
    let mut subscription = found.ok_or_else(|| ApiError::no_such("subscription", id, "subscription", true))?;
    if subscription["status"] != "paused" {
        return Err(ApiError::invalid("", "You can only resume subscriptions that are paused."));
    }
    if subscription["collection_method"] == "send_invoice" {
        let message = "You can only resume subscriptions with `collection_method=charge_automatically`.";
        return Err(ApiError::invalid("", message));
    }
    void_earlier(books, &subscription);
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

/// Voids what an earlier resumption left open.
fn void_earlier(books: &mut Books, subscription: &Value) {
    let is_open = |invoice: &&Value| {
        invoice["status"] == "open" && books.agenda.when(Deed::ResumptionExpiry, invoice.id()).is_some()
    };
    let is_its = |invoice: &&Value| invoice["parent"]["subscription_details"]["subscription"] == subscription["id"];
    let of_customer = books.invoices.of_customer(subscription.text("customer"));
    let open: Vec<Value> = of_customer.filter(is_its).filter(is_open).cloned().collect();
    for invoice in open {
        settle::void(books, invoice);
    }
}

/// Its invoice was paid or given up: the subscription is in the period that the invoice is for,
/// whatever was changed about its items since.
pub fn restart(subscription: &mut Value, invoice: &Value) {
    let start = invoice.int("created");
    let is_regular = |line: &&Value| line["parent"]["subscription_item_details"]["proration"] == false;
    let line = invoice.list("lines").iter().find(is_regular);
    let end = line.map_or_else(|| period_from(subscription, start), |line| line["period"].int("end"));
    subscription["billing_cycle_anchor"] = json!(start);
    subscription["status_details"] = Value::Null;
    enter_period(subscription, (start, end));
}

fn period_from(subscription: &Value, start: i64) -> i64 {
    let recurring = &subscription["items"]["data"][0]["price"]["recurring"];
    next_boundary(start, recurring, start).unwrap_or(start)
}

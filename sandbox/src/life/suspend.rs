//! Pausing a running subscription on request: no period begins and nothing is invoiced until it is
//! resumed (`pause.rs`). Invoices that were there before stay, and are collected as before.

use serde_json::{Value, json};

use super::billing::{PaymentBehavior, bill_now, draft_pending};
use super::proration;
use super::timetable::{keep, period};
use crate::books::Books;
use crate::http::errors::ApiError;

/// From when on the time of the period counts as unused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unused {
    #[default]
    FromNow,
    /// The whole period is given back.
    FromPeriodStart,
    /// Nothing is given back.
    None,
}

/// How to pause.
#[derive(Debug, Clone, Copy, Default)]
pub struct Suspend {
    pub unused: Unused,
    /// What is given back is invoiced now instead of waiting for the next invoice.
    pub invoices_now: bool,
}

/// Pauses a subscription.
///
/// # Errors
/// 404 when it is not there, 400 when it can't be paused.
pub fn suspend(books: &mut Books, id: &str, how: Suspend) -> Result<Value, ApiError> {
    let missing = || ApiError::no_such("subscription", id, "subscription", true);
    let mut subscription = books.subscriptions.living(id).cloned().ok_or_else(missing)?;
    check(&subscription)?;
    let now = books.now_of(&subscription);
    match how.unused {
        Unused::FromNow => proration::credit_all(books, &subscription, now),
        Unused::FromPeriodStart => proration::credit_all(books, &subscription, period(&subscription).0),
        Unused::None => {}
    }
    // While it is still active: an invoice that settles does not wake what is paused.
    if how.invoices_now
        && let Some(invoice) = draft_pending(books, &mut subscription, "subscription_update")
    {
        keep(books, subscription, &[]);
        bill_now(books, invoice, PaymentBehavior::AllowIncomplete)?;
        subscription = books.subscriptions.living(id).cloned().ok_or_else(missing)?;
    }
    subscription["status"] = json!("paused");
    subscription["status_details"] = json!({"paused": {
        "subscription": {"type": "pause_requested"}, "transitioned_at": now, "type": "subscription",
    }});
    keep(books, subscription.clone(), &["customer.subscription.paused"]);
    Ok(subscription)
}

fn check(subscription: &Value) -> Result<(), ApiError> {
    let message = if subscription["status"] != "active" {
        "You can only pause subscriptions that are active."
    } else if subscription["collection_method"] != "charge_automatically" {
        "You can only pause subscriptions with `collection_method=charge_automatically`."
    } else if !subscription["schedule"].is_null() {
        "You cannot pause a subscription that a subscription schedule is attached to."
    } else {
        return Ok(());
    };
    Err(ApiError::invalid("", message))
}

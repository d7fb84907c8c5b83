//! Invoices that a subscription makes: at once for a change, in their own time for a period.

use serde_json::{Value, json};

use super::dunning;
use super::items;
use super::timetable::period;
use crate::billing::collect::{By, collect};
use crate::billing::discount;
use crate::billing::draft::{Draft, draft};
use crate::billing::finalize::finalize;
use crate::billing::invoice_item::{Pending, pending};
use crate::billing::line;
use crate::billing::settle;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;

/// What to do when an invoice made at once is not paid at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::enum_variant_names, reason = "these are Stripe's names")]
pub enum PaymentBehavior {
    #[default]
    AllowIncomplete,
    /// Do not even try: the customer is to confirm.
    DefaultIncomplete,
    /// Undo everything.
    ErrorIfIncomplete,
}

/// Finalizes and collects a draft now. One that is sent to the customer, or only looked at,
/// stays a draft.
///
/// # Errors
/// 402 with `error_if_incomplete`.
pub fn bill_now(books: &mut Books, invoice: Value, behavior: PaymentBehavior) -> Result<Value, ApiError> {
    let is_free = invoice.int("amount_due") == 0;
    if books.moment.is_preview || (invoice["collection_method"] == "send_invoice" && !is_free) {
        return Ok(invoice);
    }
    let mut invoice = finalize(books, invoice);
    if invoice["status"] != "open" {
        return Ok(invoice);
    }
    if behavior == PaymentBehavior::DefaultIncomplete {
        invoice["next_payment_attempt"] = Value::Null;
        settle::keep(books, invoice.clone(), &[]);
        dunning::after_failure(books, &invoice, false);
        return Ok(invoice);
    }
    match collect(books, invoice, None, By::Hand) {
        (_, Some(why)) if behavior == PaymentBehavior::ErrorIfIncomplete => Err(why.error()),
        (invoice, _) => Ok(invoice),
    }
}

/// Ends the subscription's discounts that the invoice was the last to have.
pub fn spend_discounts(books: &mut Books, subscription: &mut Value, invoice: &Value) {
    let is_used = |id: &Value| {
        let discount = books.discounts.get(id.as_str().unwrap_or_default());
        let is_late =
            discount.and_then(|found| found.maybe_int("end")).is_some_and(|end| end <= invoice.int("created"));
        let rows = invoice.list("total_discount_amounts");
        is_late || rows.iter().any(|row| row["discount"] == *id && row.int("amount") > 0)
    };
    let all = subscription.list("discounts").to_vec();
    let (used, unused): (Vec<Value>, Vec<Value>) = all.iter().cloned().partition(is_used);
    let mut kept = discount::outlasting(books, &used, invoice.int("created"));
    kept.extend(unused);
    let kept: Vec<&Value> = all.iter().filter(|id| kept.contains(id)).collect();
    subscription["discounts"] = json!(kept);
}

/// Ends discounts of a subscription that are spent.
pub fn end_discounts(books: &mut Books, subscription: &mut Value, spent: &[String]) {
    for id in spent {
        discount::end(books, id);
    }
    let is_spent = |id: &Value| spent.iter().any(|spent| *id == spent.as_str());
    let kept: Vec<Value> = subscription.list("discounts").iter().filter(|id| !is_spent(id)).cloned().collect();
    subscription["discounts"] = json!(kept);
}

/// Makes the draft for the period that the items are in.
pub fn draft_period(books: &mut Books, subscription: &mut Value, before: (i64, i64), reason: &str) -> Value {
    let now = period(subscription);
    let of = subscription.list("items").to_vec();
    let lines = of.iter().map(|item| line::for_item(books, item, line::full(item), now, false)).collect();
    let is_kept = subscription["pause_collection"]["behavior"] == "keep_as_draft";
    let invoice = {
        let subscription = &*subscription;
        let wanted = Draft {
            customer: subscription.text("customer"),
            currency: subscription.text("currency"),
            subscription: Some(subscription),
            reason,
            period: before,
            lines,
            pending: Pending::Of(subscription.id()),
            discounts: subscription.list("discounts").to_vec(),
            is_automatic: subscription["status"] != "unpaid" && !is_kept,
        };
        draft(books, wanted)
    };
    subscription["latest_invoice"] = invoice["id"].clone();
    spend_discounts(books, subscription, &invoice);
    invoice
}

/// Makes an invoice of what is pending for a subscription, if anything is.
pub fn draft_pending(books: &mut Books, subscription: &mut Value, reason: &str) -> Option<Value> {
    let invoice = {
        let subscription = &*subscription;
        let (customer, currency) = (subscription.text("customer"), subscription.text("currency"));
        let which = Pending::Of(subscription.id());
        if pending(books, customer, currency, which).is_empty() {
            return None;
        }
        let now = books.now_of(subscription);
        let wanted = Draft {
            customer,
            currency,
            subscription: Some(subscription),
            reason,
            period: (period(subscription).0, now),
            lines: Vec::new(),
            pending: which,
            discounts: subscription.list("discounts").to_vec(),
            is_automatic: true,
        };
        draft(books, wanted)
    };
    subscription["latest_invoice"] = invoice["id"].clone();
    spend_discounts(books, subscription, &invoice);
    Some(invoice)
}

/// Moves the items of a subscription into a period.
pub fn enter_period(subscription: &mut Value, period: (i64, i64)) {
    let mut of = subscription.list("items").to_vec();
    items::set_period(&mut of, period);
    subscription["items"]["data"] = json!(of);
    if subscription.is("cancel_at_period_end") {
        subscription["cancel_at"] = json!(period.1);
    }
}

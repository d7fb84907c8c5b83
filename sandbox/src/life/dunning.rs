//! What paying, or not paying, an invoice does to its subscription.

use serde_json::{Value, json};

use super::cancel;
use super::timetable::keep;
use crate::agenda::Deed;
use crate::billing::collect::{By, collect};
use crate::billing::{finalize, settle};
use crate::books::Books;
use crate::fields::Fields;
use crate::settings::AfterRetries;

const DAY: i64 = 86_400;

fn subscription_of(books: &Books, invoice: &Value) -> Option<Value> {
    let id = invoice["parent"]["subscription_details"].maybe_text("subscription")?;
    books.subscriptions.living(id).cloned()
}

/// Enters the next attempt on an invoice whose attempt has just failed. True when it was the last.
pub fn plan_retry(books: &Books, invoice: &mut Value) -> bool {
    let status = subscription_of(books, invoice).map(|subscription| subscription.text("status").to_owned());
    let is_waiting = matches!(status.as_deref(), Some("incomplete" | "incomplete_expired" | "paused" | "canceled"));
    invoice["next_payment_attempt"] = Value::Null;
    if is_waiting || !invoice.is("auto_advance") {
        return false;
    }
    let attempts = usize::try_from(invoice.int("attempt_count") - 1).unwrap_or(0);
    match books.settings.retry_days.get(attempts) {
        Some(days) => {
            invoice["next_payment_attempt"] = json!(books.now_of(invoice) + i64::from(*days) * DAY);
            false
        }
        None => true,
    }
}

/// An attempt has failed; after the last one the account's settings decide. An old invoice does
/// not matter to a subscription whose newest is settled.
pub fn after_failure(books: &mut Books, invoice: &Value, is_last: bool) {
    let Some(mut subscription) = subscription_of(books, invoice) else {
        return;
    };
    if !["active", "trialing", "past_due"].contains(&subscription.text("status"))
        || latest_is_settled(books, &subscription)
    {
        return;
    }
    // Always first, also where the only attempt is the last.
    subscription["status"] = json!("past_due");
    keep(books, subscription.clone(), &[]);
    match books.settings.after_retries {
        AfterRetries::Cancel | AfterRetries::Unpaid if !is_last => {}
        AfterRetries::PastDue => {}
        AfterRetries::Cancel => drop(cancel::end(books, subscription, "payment_failed")),
        AfterRetries::Unpaid => {
            subscription["status"] = json!("unpaid");
            keep(books, subscription, &[]);
        }
    }
}

/// An invoice was paid, voided or given up.
pub fn after_settling(books: &mut Books, invoice: &Value) {
    let Some(mut subscription) = subscription_of(books, invoice) else {
        return;
    };
    let is_paid = invoice["status"] == "paid";
    let is_given_up = invoice["status"] == "uncollectible";
    let is_resumption = books.agenda.when(Deed::ResumptionExpiry, invoice.id()).is_some();
    books.agenda.set(None, Deed::ResumptionExpiry, invoice.id(), None);
    let (status, kinds): (&str, &[&str]) = match subscription.text("status") {
        "incomplete" if is_paid => ("active", &[]),
        "incomplete" if invoice["status"] == "void" => ("incomplete_expired", &[]),
        "paused" if (is_paid || is_given_up) && is_resumption => {
            super::pause::restart(&mut subscription, invoice);
            ("active", &["customer.subscription.resumed"])
        }
        "past_due" | "unpaid" if latest_is_settled(books, &subscription) => ("active", &[]),
        _ => return,
    };
    subscription["status"] = json!(status);
    if status == "incomplete_expired" {
        subscription["ended_at"] = json!(books.now_of(&subscription));
    }
    keep(books, subscription, kinds);
}

/// Whether the invoice that was finalized last is no longer owed.
fn latest_is_settled(books: &Books, subscription: &Value) -> bool {
    let is_its = |invoice: &&Value| {
        invoice["parent"]["subscription_details"]["subscription"] == subscription["id"] && invoice["status"] != "draft"
    };
    let finalized_at = |invoice: &&Value| invoice["status_transitions"].int("finalized_at");
    let mut its: Vec<&Value> = books.invoices.of_customer(subscription.text("customer")).filter(is_its).collect();
    // Of one second the one that was made last.
    its.reverse();
    its.into_iter().max_by_key(finalized_at).is_none_or(|invoice| invoice["status"] != "open")
}

/// The draft's hour is over: finalizes it, and collects it or does what a pause asks.
pub fn finalize_due(books: &mut Books, id: &str) {
    let Some(invoice) = books.invoices.living(id).filter(|invoice| invoice["status"] == "draft").cloned() else {
        return;
    };
    let invoice = finalize::finalize(books, invoice);
    if invoice["status"] != "open" {
        return;
    }
    let subscription = subscription_of(books, &invoice);
    match subscription.as_ref().map_or("", |s| s["pause_collection"].text("behavior")) {
        "void" => drop(settle::void(books, invoice)),
        "mark_uncollectible" => drop(settle::mark_uncollectible(books, invoice)),
        _ if books.moment.is_preview => {}
        _ if invoice["collection_method"] == "send_invoice" => books.emit("invoice.sent", &invoice, None),
        _ => drop(collect(books, invoice, None, By::Schedule)),
    }
}

/// It is time to try an invoice again.
pub fn retry_due(books: &mut Books, id: &str) {
    let open = books.invoices.living(id).filter(|invoice| invoice["status"] == "open").cloned();
    if let Some(invoice) = open {
        let _ = collect(books, invoice, None, By::Schedule);
    }
}

/// A sent invoice was not paid in time.
pub fn overdue(books: &mut Books, id: &str) {
    let open = books.invoices.living(id).filter(|invoice| invoice["status"] == "open").cloned();
    if let Some(invoice) = open {
        books.emit("invoice.overdue", &invoice, None);
        settle::set_delinquent(books, &invoice, true);
        after_failure(books, &invoice, false);
    }
}

/// Nobody paid the first invoice in time: the subscription never begins.
pub fn expire_incomplete(books: &mut Books, id: &str) {
    let found = books.subscriptions.living(id).filter(|s| s["status"] == "incomplete").cloned();
    let Some(mut subscription) = found else {
        return;
    };
    let invoice = subscription.text("latest_invoice").to_owned();
    subscription["status"] = json!("incomplete_expired");
    subscription["ended_at"] = json!(books.now_of(&subscription));
    keep(books, subscription, &[]);
    void_open(books, &invoice);
}

/// Nobody paid the invoice of a resumption in time: the subscription stays paused.
pub fn expire_resumption(books: &mut Books, invoice: &str) {
    void_open(books, invoice);
}

fn void_open(books: &mut Books, invoice: &str) {
    let open = books.invoices.living(invoice).filter(|invoice| invoice["status"] == "open").cloned();
    if let Some(invoice) = open {
        settle::void(books, invoice);
    }
}

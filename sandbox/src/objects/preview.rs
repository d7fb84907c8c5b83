//! Previews of invoices: what is to be billed next, or would be after a change.
//!
//! A preview does the very thing on a copy of the books and shows the draft that comes of it.

use serde_json::{Value, json};

use super::operation::{Call, Modelled, on};
use super::subscription::prorations_of;
use crate::billing::discount::Asked;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::{ApiError, ErrorType};
use crate::life::billing::draft_pending;
use crate::life::cancel::{self, Cancel};
use crate::life::change::{Change, Prorations, TrialEnd, change};
use crate::life::items::AskedItem;
use crate::life::renewal;
use crate::life::subscribe::{Subscribe, subscribe};
use crate::life::timetable::{keep, period};

pub const OPERATIONS: &[Modelled] = &[on(
    "POST",
    "/v1/invoices/create_preview",
    &[
        "currency",
        "customer",
        "discounts",
        "subscription",
        "subscription_details.billing_cycle_anchor",
        "subscription_details.cancel_at_period_end",
        "subscription_details.cancel_now",
        "subscription_details.items.deleted",
        "subscription_details.items.id",
        "subscription_details.items.metadata",
        "subscription_details.items.price",
        "subscription_details.items.quantity",
        "subscription_details.proration_behavior",
        "subscription_details.proration_date",
        "subscription_details.trial_end",
    ],
    create,
)];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut copy = books.clone();
    copy.moment.is_preview = true;
    let none = json!({});
    let details = call.params.get("subscription_details").unwrap_or(&none);
    let invoice = match of_subscription(&copy, call, details)? {
        Some(subscription) => next_of(&mut copy, call, subscription, details)?,
        None => first(&mut copy, call, details)?,
    };
    let found = copy.invoices.get(&invoice).cloned().ok_or_else(nothing)?;
    Ok(renamed(found))
}

/// The subscription that is asked about: named, or the customer's only one.
fn of_subscription(books: &Books, call: &Call<'_>, details: &Value) -> Result<Option<Value>, ApiError> {
    if let Some(id) = call.text("subscription") {
        let found = books.subscriptions.living(id).cloned();
        return found.map(Some).ok_or_else(|| ApiError::no_such("subscription", id, "subscription", false));
    }
    let customer = call.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    books.customer(customer, "customer")?;
    if !details.list("items").is_empty() {
        return Ok(None);
    }
    let mut alive = books.subscriptions.of_customer(customer).filter(|subscription| !cancel::is_over(subscription));
    alive.next().cloned().map(Some).ok_or_else(nothing)
}

fn nothing() -> ApiError {
    let message = "No upcoming invoices for customer.";
    ApiError::new(404, ErrorType::InvalidRequest, "invoice_upcoming_none", message)
}

/// The first invoice of a subscription that is not there yet.
fn first(books: &mut Books, call: &Call<'_>, details: &Value) -> Result<String, ApiError> {
    let asked = Subscribe {
        customer: call.text("customer").unwrap_or_default().to_owned(),
        items: AskedItem::list(details.get("items")),
        currency: call.text("currency").map(str::to_owned),
        trial_end: details.maybe_int("trial_end"),
        discounts: Asked::list(call.params)?.unwrap_or_default(),
        ..Subscribe::default()
    };
    Ok(subscribe(books, &asked)?.text("latest_invoice").to_owned())
}

/// The next invoice of a subscription: made at once by the change, or at the end of the period.
fn next_of(books: &mut Books, call: &Call<'_>, subscription: Value, details: &Value) -> Result<String, ApiError> {
    let (id, before) = (subscription.id().to_owned(), subscription["latest_invoice"].clone());
    let prorations = prorations_of(details.maybe_text("proration_behavior"));
    if details.is("cancel_now") {
        let how = Cancel { prorates: prorations != Prorations::None, invoices_now: true };
        cancel::cancel(books, &id, how)?;
    } else {
        let asked = asked(call, details, prorations)?;
        let mut changed = subscription;
        if let Some(at_end) = details.get("cancel_at_period_end").and_then(Value::as_bool) {
            cancel::set_at_period_end(&mut changed, at_end, call.now);
        }
        change(books, changed, &asked)?;
    }
    let latest = |books: &Books| books.subscriptions.get(&id).map_or(Value::Null, |s| s["latest_invoice"].clone());
    if latest(books) == before {
        renew(books, &id)?;
    }
    match latest(books) {
        now if now != before => Ok(now.as_str().unwrap_or_default().to_owned()),
        _ => Err(nothing()),
    }
}

fn asked(call: &Call<'_>, details: &Value, prorations: Prorations) -> Result<Change, ApiError> {
    let anchor = details.get("billing_cycle_anchor").map_or("", |anchor| anchor.text("type"));
    let trial_end = details.get("trial_end").map(|end| end.as_i64().map_or(TrialEnd::Now, TrialEnd::At));
    Ok(Change {
        items: AskedItem::list(details.get("items")),
        prorations,
        proration_date: details.maybe_int("proration_date"),
        is_anchor_now: anchor == "now",
        trial_end,
        discounts: Asked::list(call.params)?,
        ..Change::default()
    })
}

/// Lets the subscription reach the end of its period.
fn renew(books: &mut Books, id: &str) -> Result<(), ApiError> {
    let mut subscription = books.subscriptions.living(id).cloned().ok_or_else(nothing)?;
    let end = period(&subscription).1;
    let clock = books.clock_of(&subscription).map(str::to_owned);
    books.set_now(clock.as_deref(), end);
    if subscription.maybe_int("cancel_at").is_some_and(|at| at <= end) {
        let last = draft_pending(books, &subscription, "subscription_cycle").ok_or_else(nothing)?;
        subscription["latest_invoice"] = last["id"].clone();
        keep(books, subscription, &[]);
        return Ok(());
    }
    match subscription.text("status") {
        "trialing" => renewal::trial_end(books, id),
        "active" | "past_due" | "unpaid" => renewal::period_end(books, id),
        _ => return Err(nothing()),
    }
    Ok(())
}

/// A preview's id is no invoice's.
fn renamed(mut invoice: Value) -> Value {
    let id = format!("upcoming_{}", invoice.id());
    for line in invoice["lines"]["data"].as_array_mut().into_iter().flatten() {
        line["invoice"] = json!(id);
    }
    invoice["lines"]["url"] = json!(format!("/v1/invoices/{id}/lines"));
    invoice["id"] = json!(id);
    invoice
}

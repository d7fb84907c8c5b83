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
use crate::life::cancel::{self, Cancel};
use crate::life::change::{Change, Prorations, TrialEnd, change};
use crate::life::forecast;
use crate::life::items::AskedItem;
use crate::life::subscribe::{Subscribe, subscribe};

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

/// The subscription that is asked about, or none for one that is not there yet. A customer alone previews
/// nothing since 2025-03-31.basil.
fn of_subscription(books: &Books, call: &Call<'_>, details: &Value) -> Result<Option<Value>, ApiError> {
    let customer = call.text("customer");
    let found = if let Some(id) = call.text("subscription") {
        let is_its = |found: &&Value| customer.is_none_or(|customer| found["customer"] == customer);
        let found = books.subscriptions.living(id).filter(is_its);
        found.ok_or_else(|| ApiError::no_such("subscription", id, "subscription", false))?
    } else {
        if details.list("items").is_empty() {
            let message = "You must provide at least one of: `subscription`, `schedule`, \
                           `subscription_details.items`, `schedule_details.phases`, `invoice_items`.";
            return Err(ApiError::invalid("", message));
        }
        books.customer(customer.ok_or_else(|| ApiError::missing("customer"))?, "customer")?;
        return Ok(None);
    };
    if call.text("currency").is_some_and(|currency| currency.to_lowercase() != found.text("currency")) {
        let message = format!("The currency of this subscription is {}.", found.text("currency"));
        return Err(ApiError::invalid("currency", message));
    }
    Ok(Some(found.clone()))
}

fn nothing() -> ApiError {
    let message = "No upcoming invoices for customer.";
    ApiError::new(404, ErrorType::InvalidRequest, "invoice_upcoming_none", message)
}

/// The parameter of a detail.
fn param(key: &str) -> String {
    format!("subscription_details[{key}]")
}

/// The first invoice of a subscription that is not there yet.
fn first(books: &mut Books, call: &Call<'_>, details: &Value) -> Result<String, ApiError> {
    for key in ["cancel_at_period_end", "cancel_now", "proration_date"] {
        if details.get(key).is_some() {
            return Err(ApiError::invalid(&param(key), format!("{key} can only be set with a subscription.")));
        }
    }
    let asked = Subscribe {
        customer: call.text("customer").unwrap_or_default().to_owned(),
        items: AskedItem::list(details.get("items")),
        currency: call.text("currency").map(str::to_lowercase),
        trial_end: details.maybe_int("trial_end"),
        billing_cycle_anchor: first_anchor(details)?,
        is_first_part_free: prorations_of(details.maybe_text("proration_behavior")) == Prorations::None,
        discounts: Asked::list(call.params)?.unwrap_or_default(),
        ..Subscribe::default()
    };
    Ok(subscribe(books, &asked)?.text("latest_invoice").to_owned())
}

/// The anchor of a subscription that is not there yet, unless it is now.
fn first_anchor(details: &Value) -> Result<Option<i64>, ApiError> {
    let Some(anchor) = details.get("billing_cycle_anchor") else {
        return Ok(None);
    };
    match (anchor.text("type"), anchor.maybe_int("timestamp")) {
        ("now", None) => Ok(None),
        ("timestamp", Some(at)) => Ok(Some(at)),
        _ => {
            let message = "A new subscription is anchored now, or at a timestamp.";
            Err(ApiError::invalid(&param("billing_cycle_anchor"), message))
        }
    }
}

/// The next invoice of a subscription: made at once by the change, or at the end of the period.
fn next_of(books: &mut Books, call: &Call<'_>, subscription: Value, details: &Value) -> Result<String, ApiError> {
    let (id, before) = (subscription.id().to_owned(), subscription["latest_invoice"].clone());
    let prorations = prorations_of(details.maybe_text("proration_behavior"));
    check_change(call, details, prorations)?;
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
    let newest = books.subscriptions.get(&id).map(|found| found["latest_invoice"].clone()).unwrap_or_default();
    let found = if newest == before { forecast::next_invoice(books, &id) } else { newest.as_str().map(str::to_owned) };
    found.ok_or_else(nothing)
}

/// Refuses what would be ignored.
fn check_change(call: &Call<'_>, details: &Value, prorations: Prorations) -> Result<(), ApiError> {
    let has = |key: &str| details.get(key).is_some();
    if details["billing_cycle_anchor"].text("type") == "timestamp" {
        let message = "The anchor of an existing subscription can only be `now` or `unchanged`.";
        return Err(ApiError::invalid(&param("billing_cycle_anchor"), message));
    }
    let others = ["billing_cycle_anchor", "cancel_at_period_end", "items", "proration_date", "trial_end"];
    if details.is("cancel_now") && (others.iter().any(|key| has(key)) || call.params.contains_key("discounts")) {
        let what = "previews of `cancel_now` together with another change";
        return Err(ApiError::not_modelled(what).about(&param("cancel_now")));
    }
    let is_prorated = prorations != Prorations::None && (has("items") || has("trial_end"));
    if has("proration_date") && !is_prorated {
        let message = "proration_date needs items or a trial_end, and prorations.";
        return Err(ApiError::invalid(&param("proration_date"), message));
    }
    Ok(())
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

//! Subscriptions, as the API takes and shows them; their life is in `life/`.

use serde_json::{Value, json};

use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use crate::billing::discount::{self, Asked};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::life::billing::PaymentBehavior;
use crate::life::cancel::{self, Cancel, cancel};
use crate::life::change::{Change, Prorations, TrialEnd, change};
use crate::life::items::AskedItem;
use crate::life::pause::resume;
use crate::life::subscribe::{Subscribe, own_method, subscribe};
use crate::life::timetable::{keep, period};

const DAY: i64 = 86_400;

pub const OPERATIONS: &[Modelled] = &[
    on(
        "POST",
        "/v1/subscriptions",
        &[
            "billing_cycle_anchor",
            "cancel_at",
            "cancel_at_period_end",
            "collection_method",
            "currency",
            "customer",
            "days_until_due",
            "default_payment_method",
            "description",
            "discounts",
            "items.metadata",
            "items.price",
            "items.quantity",
            "metadata",
            "off_session",
            "payment_behavior",
            "payment_settings.save_default_payment_method",
            "proration_behavior",
            "trial_end",
            "trial_period_days",
            "trial_settings.end_behavior.missing_payment_method",
        ],
        create,
    ),
    on("GET", "/v1/subscriptions", &["collection_method", "customer", "price", "status", "test_clock"], list_all),
    on("GET", "/v1/subscriptions/{subscription_exposed_id}", &[], retrieve),
    on(
        "POST",
        "/v1/subscriptions/{subscription_exposed_id}",
        &[
            "billing_cycle_anchor",
            "cancel_at",
            "cancel_at_period_end",
            "cancellation_details.comment",
            "cancellation_details.feedback",
            "collection_method",
            "days_until_due",
            "default_payment_method",
            "description",
            "discounts",
            "items.deleted",
            "items.id",
            "items.metadata",
            "items.price",
            "items.quantity",
            "metadata",
            "pause_collection",
            "payment_behavior",
            "payment_settings.save_default_payment_method",
            "proration_behavior",
            "proration_date",
            "trial_end",
            "trial_settings.end_behavior.missing_payment_method",
        ],
        update,
    ),
    on(
        "DELETE",
        "/v1/subscriptions/{subscription_exposed_id}",
        &["cancellation_details.comment", "cancellation_details.feedback", "invoice_now", "prorate"],
        delete,
    ),
    on("DELETE", "/v1/subscriptions/{subscription_exposed_id}/discount", &[], undiscounted),
    on("POST", "/v1/subscriptions/{subscription}/resume", &["billing_cycle_anchor", "proration_behavior"], resumed),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let asked = Subscribe {
        customer: call.text("customer").ok_or_else(|| ApiError::missing("customer"))?.to_owned(),
        items: AskedItem::list(call.params.get("items")),
        currency: call.text("currency").map(str::to_owned),
        default_payment_method: call.text("default_payment_method").map(str::to_owned),
        trial_end: trial_end(call)?,
        missing_payment_method: missing_method(call).unwrap_or_default().to_owned(),
        billing_cycle_anchor: call.params.get("billing_cycle_anchor").and_then(Value::as_i64),
        is_first_part_free: prorations(call) == Prorations::None,
        behavior: behavior(call)?,
        days_until_due: days_until_due(call)?,
        discounts: Asked::list(call.params)?.unwrap_or_default(),
        checkout_session: None,
        saves_method: saves_method(call) == Some("on_subscription"),
        metadata: metadata::merge(&Value::Null, call.params.get("metadata"))?,
        description: call.or_null("description"),
    };
    let made = subscribe(books, &asked)?;
    let mut subscription = made.clone();
    set_end(call, &mut subscription)?;
    if subscription != made {
        keep(books, subscription.clone(), &[]);
    }
    Ok(subscription)
}

fn trial_end(call: &Call<'_>) -> Result<Option<i64>, ApiError> {
    let days = call.params.get("trial_period_days").and_then(Value::as_i64);
    match (call.params.get("trial_end"), days) {
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: trial_end, trial_period_days.";
            Err(ApiError::invalid("trial_end", message))
        }
        (Some(end), None) => Ok(end.as_i64()),
        (None, Some(days)) if !(0..=730).contains(&days) => {
            Err(ApiError::invalid("trial_period_days", "Trial periods can have at most 730 days."))
        }
        (None, days) => Ok(days.filter(|days| *days > 0).map(|days| call.now + days * DAY)),
    }
}

fn missing_method<'c>(call: &'c Call<'_>) -> Option<&'c str> {
    call.params.get("trial_settings")?.get("end_behavior")?.maybe_text("missing_payment_method")
}

fn saves_method<'c>(call: &'c Call<'_>) -> Option<&'c str> {
    call.params.get("payment_settings")?.maybe_text("save_default_payment_method")
}

/// `proration_behavior`.
pub fn prorations(call: &Call<'_>) -> Prorations {
    prorations_of(call.text("proration_behavior"))
}

/// The same, from its text.
pub fn prorations_of(text: Option<&str>) -> Prorations {
    match text {
        Some("always_invoice") => Prorations::Invoice,
        Some("none") => Prorations::None,
        _ => Prorations::Create,
    }
}

/// `payment_behavior`.
///
/// # Errors
/// 501 for `pending_if_incomplete`.
pub fn behavior(call: &Call<'_>) -> Result<PaymentBehavior, ApiError> {
    match call.text("payment_behavior") {
        Some("default_incomplete") => Ok(PaymentBehavior::DefaultIncomplete),
        Some("error_if_incomplete") => Ok(PaymentBehavior::ErrorIfIncomplete),
        Some("pending_if_incomplete") => {
            Err(ApiError::not_modelled("`payment_behavior=pending_if_incomplete`").about("payment_behavior"))
        }
        _ => Ok(PaymentBehavior::AllowIncomplete),
    }
}

fn days_until_due(call: &Call<'_>) -> Result<Option<i64>, ApiError> {
    let days = call.params.get("days_until_due").and_then(Value::as_i64);
    match (call.text("collection_method"), days) {
        (Some("send_invoice"), None) => Err(ApiError::missing("days_until_due")),
        (Some("send_invoice"), days) => Ok(days),
        (_, Some(_)) => {
            let message = "You can only set `days_until_due` if `collection_method=send_invoice`.";
            Err(ApiError::invalid("days_until_due", message))
        }
        (_, None) => Ok(None),
    }
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let found = books.subscriptions.get(call.id()).cloned();
    found.ok_or_else(|| ApiError::no_such("subscription", call.id(), "id", true))
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    const MONEY: [&str; 4] = ["billing_cycle_anchor", "discounts", "items", "trial_end"];
    let mut subscription = retrieve(books, call)?;
    let only_notes =
        call.params.keys().all(|key| ["cancellation_details", "expand", "metadata"].contains(&key.as_str()));
    if cancel::is_over(&subscription) && !only_notes {
        let message = "A canceled subscription can only update its cancellation_details and metadata.";
        return Err(ApiError::invalid("", message));
    }
    write(books, call, &mut subscription)?;
    if MONEY.iter().any(|key| call.params.contains_key(*key)) {
        return change(books, subscription, &asked_change(call)?);
    }
    keep(books, subscription.clone(), &[]);
    Ok(subscription)
}

fn asked_change(call: &Call<'_>) -> Result<Change, ApiError> {
    let anchor =
        call.params.get("billing_cycle_anchor").map_or("", |anchor| anchor.as_str().unwrap_or(anchor.text("type")));
    let trial_end = call.params.get("trial_end").map(|end| end.as_i64().map_or(TrialEnd::Now, TrialEnd::At));
    Ok(Change {
        items: AskedItem::list(call.params.get("items")),
        prorations: prorations(call),
        proration_date: call.params.get("proration_date").and_then(Value::as_i64),
        is_anchor_now: anchor == "now",
        trial_end,
        discounts: Asked::list(call.params)?,
        behavior: behavior(call)?,
    })
}

/// Writes what has no price.
fn write(books: &Books, call: &Call<'_>, subscription: &mut Value) -> Result<(), ApiError> {
    if let Some(method) = call.text("default_payment_method") {
        own_method(books, subscription.text("customer"), method)?;
    }
    subscription["metadata"] = metadata::merge(&subscription["metadata"], call.params.get("metadata"))?;
    call.copy(&["default_payment_method", "description"], subscription);
    if call.text("collection_method").is_some() || call.params.contains_key("days_until_due") {
        subscription["days_until_due"] = json!(days_until_due(call)?);
        call.copy(&["collection_method"], subscription);
    }
    if let Some(pause) = call.params.get("pause_collection") {
        let resumes = pause.get("resumes_at").cloned().unwrap_or_default();
        let is_on = pause.is_object();
        subscription["pause_collection"] =
            if is_on { json!({"behavior": pause["behavior"], "resumes_at": resumes}) } else { Value::Null };
    }
    if let Some(missing) = missing_method(call) {
        subscription["trial_settings"]["end_behavior"]["missing_payment_method"] = json!(missing);
    }
    if let Some(saves) = saves_method(call) {
        subscription["payment_settings"]["save_default_payment_method"] = json!(saves);
    }
    note(call, subscription);
    set_end(call, subscription)
}

fn set_end(call: &Call<'_>, subscription: &mut Value) -> Result<(), ApiError> {
    if let Some(at) = call.params.get("cancel_at") {
        let end = match at.as_str() {
            Some("") => None,
            Some(_) => Some(period(subscription).1),
            None => at.as_i64(),
        };
        if end.is_some_and(|end| end <= call.now) {
            return Err(ApiError::invalid("cancel_at", "Invalid timestamp: must be in the future."));
        }
        subscription["cancel_at_period_end"] = json!(false);
        cancel::set_at(subscription, end, call.now);
    }
    if call.params.contains_key("cancel_at_period_end") {
        cancel::set_at_period_end(subscription, call.flag("cancel_at_period_end", false), call.now);
    }
    Ok(())
}

fn note(call: &Call<'_>, subscription: &mut Value) {
    for key in ["comment", "feedback"] {
        if let Some(said) = call.params.get("cancellation_details").and_then(|details| details.get(key)) {
            subscription["cancellation_details"][key] = if said == "" { Value::Null } else { said.clone() };
        }
    }
}

fn delete(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut subscription = retrieve(books, call)?;
    note(call, &mut subscription);
    // Not an event of its own: the one about the end carries it.
    books.store(&subscription);
    cancel(
        books,
        call.id(),
        Cancel { prorates: call.flag("prorate", false), invoices_now: call.flag("invoice_now", false) },
    )
}

/// Takes the discounts off; the answer is the stub of the first.
fn undiscounted(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut subscription = retrieve(books, call)?;
    let all = subscription.list("discounts").to_vec();
    let first = all.first().ok_or_else(|| ApiError::no_such("discount", call.id(), "id", true))?.clone();
    for id in &all {
        discount::end(books, id.as_str().unwrap_or_default());
    }
    subscription["discounts"] = json!([]);
    keep(books, subscription, &[]);
    Ok(json!({"id": first, "object": "discount", "deleted": true}))
}

fn resumed(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let anchor =
        call.params.get("billing_cycle_anchor").map_or("now", |anchor| anchor.as_str().unwrap_or(anchor.text("type")));
    if anchor != "now" {
        return Err(ApiError::not_modelled("resuming with the old anchor").about("billing_cycle_anchor"));
    }
    resume(books, call.id())
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let (customer, price, status) = (call.text("customer"), call.text("price"), call.text("status"));
    let is_its = |subscription: &Value| {
        let has_status = match status {
            None => subscription["status"] != "canceled",
            Some("all") => true,
            Some("ended") => cancel::is_over(subscription),
            Some(status) => subscription["status"] == status,
        };
        has_status
            && ["collection_method", "test_clock"]
                .iter()
                .all(|key| call.text(key).is_none_or(|v| subscription[*key] == v))
            && price.is_none_or(|price| subscription.list("items").iter().any(|item| item["price"]["id"] == price))
    };
    match customer {
        Some(customer) => list::page(call, books.subscriptions.of_customer(customer), is_its),
        None => list::page(call, books.subscriptions.newest_first(), is_its),
    }
}

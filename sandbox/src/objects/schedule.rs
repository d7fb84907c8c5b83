//! Subscription schedules, as the API takes and shows them.

use serde_json::{Value, json};

use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use super::subscription::prorations;
use crate::books::Books;
use crate::calendar;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::life::cancel::{self, Cancel};
use crate::life::schedule::{apply, begin, end_with_subscription, keep_schedule, release};
use crate::life::timetable::{keep, period};

pub const OPERATIONS: &[Modelled] = &[
    on(
        "POST",
        "/v1/subscription_schedules",
        &[
            "customer",
            "default_settings.default_payment_method",
            "end_behavior",
            "from_subscription",
            "metadata",
            "phases.discounts.discount",
            "phases.duration",
            "phases.end_date",
            "phases.items.metadata",
            "phases.items.price",
            "phases.items.quantity",
            "phases.metadata",
            "phases.proration_behavior",
            "start_date",
        ],
        create,
    ),
    on("GET", "/v1/subscription_schedules", &["customer", "scheduled"], list_all),
    on("GET", "/v1/subscription_schedules/{schedule}", &[], retrieve),
    on(
        "POST",
        "/v1/subscription_schedules/{schedule}",
        &[
            "end_behavior",
            "metadata",
            "phases.discounts.discount",
            "phases.duration",
            "phases.end_date",
            "phases.items.metadata",
            "phases.items.price",
            "phases.items.quantity",
            "phases.metadata",
            "phases.proration_behavior",
            "phases.start_date",
            "proration_behavior",
        ],
        update,
    ),
    on("POST", "/v1/subscription_schedules/{schedule}/release", &[], released),
    on("POST", "/v1/subscription_schedules/{schedule}/cancel", &["invoice_now", "prorate"], canceled),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut schedule = blank(call);
    schedule["metadata"] = metadata::merge(&Value::Null, call.params.get("metadata"))?;
    if let Some(method) = call.params.get("default_settings").and_then(|d| d.get("default_payment_method")) {
        schedule["default_settings"]["default_payment_method"] = method.clone();
    }
    schedule["id"] = json!(books.ids.object("sub_sched"));
    if let Some(id) = call.text("from_subscription") {
        return from_subscription(books, call, schedule, id);
    }
    let customer = call.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    books.customer(customer, "customer")?;
    schedule["customer"] = json!(customer);
    let start = match call.params.get("start_date") {
        Some(Value::Number(at)) => at.as_i64().unwrap_or(call.now),
        _ => call.now,
    };
    let phases = phases(books, call, start)?;
    if phases.is_empty() {
        return Err(ApiError::missing("phases"));
    }
    schedule["phases"] = json!(phases);
    schedule["test_clock"] = json!(books.clock_of(&schedule));
    books.create(&schedule);
    if start <= call.now {
        return begin(books, schedule);
    }
    keep_schedule(books, schedule.clone(), &[]);
    Ok(schedule)
}

/// A schedule whose only phase is the period that the subscription is in.
fn from_subscription(books: &mut Books, call: &Call<'_>, mut schedule: Value, id: &str) -> Result<Value, ApiError> {
    let found = books.subscriptions.living(id).filter(|subscription| !cancel::is_over(subscription)).cloned();
    let mut subscription = found.ok_or_else(|| ApiError::no_such("subscription", id, "from_subscription", false))?;
    if subscription["schedule"].is_string() {
        let message = "You cannot migrate a subscription that is already attached to a schedule.";
        return Err(ApiError::invalid("from_subscription", message));
    }
    if call.params.contains_key("phases") {
        let message = "You can't set `phases` if you are creating a schedule from a subscription.";
        return Err(ApiError::invalid("phases", message));
    }
    let (start, end) = period(&subscription);
    let items: Vec<Value> =
        subscription.list("items").iter().map(|i| item(&i["price"], &i["quantity"], &json!({}))).collect();
    schedule["customer"] = subscription["customer"].clone();
    schedule["test_clock"] = subscription["test_clock"].clone();
    schedule["subscription"] = json!(id);
    schedule["status"] = json!("active");
    schedule["current_phase"] = json!({"start_date": start, "end_date": end});
    let mut own = phase(subscription.text("currency"), (start, end), items);
    own["discounts"] = subscription.list("discounts").iter().map(stackable).collect();
    schedule["phases"] = json!([own]);
    subscription["schedule"] = schedule["id"].clone();
    keep(books, subscription, &[]);
    books.create(&schedule);
    keep_schedule(books, schedule.clone(), &[]);
    Ok(schedule)
}

fn blank(call: &Call<'_>) -> Value {
    json!({
        "object": "subscription_schedule", "application": null,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible", "updated_at": call.now},
        "canceled_at": null, "completed_at": null, "created": call.now, "current_phase": null, "customer": null,
        "customer_account": null,
        "default_settings": {
            "application_fee_percent": null, "automatic_tax": {"disabled_reason": null, "enabled": false, "liability": null},
            "billing_cycle_anchor": "automatic", "billing_thresholds": null, "collection_method": "charge_automatically",
            "default_payment_method": null, "description": null,
            "invoice_settings": {"account_tax_ids": null, "days_until_due": null, "issuer": {"type": "self"}},
            "on_behalf_of": null, "transfer_data": null,
        },
        "end_behavior": call.text("end_behavior").unwrap_or("release"), "livemode": false, "metadata": {}, "phases": [],
        "released_at": null, "released_subscription": null, "status": "not_started", "subscription": null,
        "test_clock": null,
    })
}

fn phase(currency: &str, dates: (i64, i64), items: Vec<Value>) -> Value {
    json!({
        "add_invoice_items": [], "application_fee_percent": null, "billing_cycle_anchor": null,
        "billing_thresholds": null, "collection_method": null, "currency": currency, "default_payment_method": null,
        "default_tax_rates": [], "description": null, "discounts": [], "end_date": dates.1, "invoice_settings": null,
        "items": items, "metadata": {}, "on_behalf_of": null, "proration_behavior": "create_prorations",
        "start_date": dates.0, "transfer_data": null, "trial_end": null,
    })
}

fn item(price: &Value, quantity: &Value, metadata: &Value) -> Value {
    json!({
        "billing_thresholds": null, "discounts": [], "metadata": metadata, "plan": price["id"], "price": price["id"],
        "quantity": quantity.as_i64().unwrap_or(1), "tax_rates": [],
    })
}

fn stackable(discount: &Value) -> Value {
    json!({"coupon": null, "discount": discount, "promotion_code": null})
}

/// Reads `phases`, each beginning where the one before ends.
fn phases(books: &Books, call: &Call<'_>, start: i64) -> Result<Vec<Value>, ApiError> {
    let mut at = start;
    let mut made = Vec::new();
    for (place, sent) in call.params.get("phases").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let one = read_phase(books, sent, at, place)?;
        at = one.int("end_date");
        made.push(one);
    }
    Ok(made)
}

fn read_phase(books: &Books, sent: &Value, start: i64, place: usize) -> Result<Value, ApiError> {
    let param = |key: &str| format!("phases[{place}][{key}]");
    let mut items = Vec::new();
    for sent in sent.list("items") {
        let id = sent.text("price");
        let price = books.prices.living(id).filter(|price| price["recurring"].is_object());
        let price = price.ok_or_else(|| ApiError::no_such("price", id, &param("items"), false))?;
        let quantity = sent.get("quantity").unwrap_or(&Value::Null);
        items.push((price, item(price, quantity, &metadata::merge(&Value::Null, sent.get("metadata"))?)));
    }
    let first = items.first().map(|(price, _)| *price).ok_or_else(|| ApiError::missing(&param("items")))?;
    let lasts = sent.get("duration").unwrap_or(&first["recurring"]);
    let natural = || calendar::after(start, lasts.text("interval"), lasts.maybe_int("interval_count").unwrap_or(1));
    let end = sent.maybe_int("end_date").or_else(natural);
    let end = end.filter(|end| *end > start);
    let end = end.ok_or_else(|| ApiError::invalid(&param("end_date"), "The phase must end after it begins."))?;
    let currency = first.text("currency").to_owned();
    let mut made = phase(&currency, (start, end), items.into_iter().map(|(_, item)| item).collect());
    made["metadata"] = metadata::merge(&Value::Null, sent.get("metadata"))?;
    // A phase that names none has none: Stripe falls back to the customer's, and here customers have none.
    made["discounts"] = sent.list("discounts").iter().map(|sent| stackable(&sent["discount"])).collect();
    if let Some(behavior) = sent.maybe_text("proration_behavior") {
        made["proration_behavior"] = json!(behavior);
    }
    Ok(made)
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let found = books.schedules.get(call.id()).cloned();
    found.ok_or_else(|| ApiError::no_such("subscription_schedule", call.id(), "schedule", true))
}

fn alive(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let schedule = retrieve(books, call)?;
    if ["active", "not_started"].contains(&schedule.text("status")) {
        return Ok(schedule);
    }
    let message = format!("This schedule is {} and can't be changed.", schedule.text("status"));
    Err(ApiError::invalid("", message))
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut schedule = alive(books, call)?;
    schedule["metadata"] = metadata::merge(&schedule["metadata"], call.params.get("metadata"))?;
    if let Some(behavior) = call.text("end_behavior") {
        schedule["end_behavior"] = json!(behavior);
    }
    let Some(sent) = call.params.get("phases").and_then(|phases| phases.get(0)) else {
        keep_schedule(books, schedule.clone(), &[]);
        return Ok(schedule);
    };
    let start = schedule["phases"][0].int("start_date");
    let start =
        sent.maybe_int("start_date").unwrap_or(schedule["current_phase"].maybe_int("start_date").unwrap_or(start));
    let phases = phases(books, call, start)?;
    let current = phases.iter().find(|p| (p.int("start_date")..p.int("end_date")).contains(&call.now)).cloned();
    schedule["phases"] = json!(phases);
    if schedule["status"] == "active" {
        let current = current.ok_or_else(|| {
            ApiError::invalid(
                "phases",
                "The phases must contain the current time: the first begins with the current phase.",
            )
        })?;
        schedule["current_phase"] = json!({"start_date": current["start_date"], "end_date": current["end_date"]});
        keep_schedule(books, schedule.clone(), &[]);
        apply(books, &schedule, &current, Some(prorations(call)))?;
        return Ok(schedule);
    }
    keep_schedule(books, schedule.clone(), &[]);
    Ok(schedule)
}

fn released(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let schedule = alive(books, call)?;
    Ok(release(books, schedule))
}

/// Ends the schedule and its subscription now.
fn canceled(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let schedule = alive(books, call)?;
    if let Some(subscription) = schedule.maybe_text("subscription") {
        let how = Cancel { prorates: call.flag("prorate", true), invoices_now: call.flag("invoice_now", true) };
        cancel::cancel(books, subscription, how)?;
    }
    end_with_subscription(books, call.id());
    retrieve(books, call)
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let is_waiting = call.params.get("scheduled").and_then(Value::as_bool);
    let customer = call.text("customer");
    list::page(call, books.schedules.newest_first(), |schedule| {
        customer.is_none_or(|customer| schedule["customer"] == customer)
            && is_waiting.is_none_or(|wanted| (schedule["status"] == "not_started") == wanted)
    })
}

//! Meter events, how they are taken back, and what they add up to.
//!
//! Unlike Stripe's, an event counts at once. Values are whole numbers.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::list;
use super::meter;
use super::operation::{Call, Modelled, on};
use crate::books::Books;
use crate::http::errors::ApiError;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// How old a meter event may be, and how far ahead of its time.
const OLDEST: i64 = 35 * DAY;
const AHEAD: i64 = 5 * MINUTE;
/// The most windows that one list is divided into.
const MOST_WINDOWS: i64 = 10_000;

pub const OPERATIONS: &[Modelled] = &[
    on("POST", "/v1/billing/meter_events", &["event_name", "identifier", "payload", "timestamp"], create),
    on("POST", "/v1/billing/meter_event_adjustments", &["cancel.identifier", "event_name", "type"], adjust),
    on(
        "GET",
        "/v1/billing/meters/{id}/event_summaries",
        &["customer", "end_time", "start_time", "value_grouping_window"],
        summaries,
    ),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let meter = metered(books, call)?;
    let payload = call.or_null("payload");
    let of_payload = |settings: &str| {
        let key = meter[settings]["event_payload_key"].as_str().unwrap_or_default();
        let param = format!("payload[{key}]");
        let value = payload[key].as_str().map(str::to_owned);
        value.map(|value| (value, param.clone())).ok_or_else(|| ApiError::missing(&param))
    };
    let (customer, param) = of_payload("customer_mapping")?;
    books.customer(&customer, &param)?;
    let value = if meter["default_aggregation"]["formula"] == "count" {
        1
    } else {
        let (value, param) = of_payload("value_settings")?;
        whole(&value, &param)?
    };
    let at = timestamp(call)?;
    let identifier = match call.text("identifier") {
        Some(given) if books.meter_events.get(given).is_some() => {
            let message = format!("An event already exists with identifier {given}.");
            return Err(ApiError::invalid("identifier", message));
        }
        Some(given) => given.to_owned(),
        None => books.ids.object("mtrevt"),
    };
    let event = json!({
        "object": "billing.meter_event", "created": call.now, "event_name": meter["event_name"],
        "identifier": identifier, "livemode": false, "payload": payload, "timestamp": at,
    });
    // What is kept: the little that sums need.
    books.meter_events.put(json!({
        "id": identifier, "object": "billing.meter_event", "customer": customer, "meter": meter["id"], "at": at,
        "value": value, "created": call.now, "canceled": false,
    }));
    Ok(event)
}

fn metered(books: &Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let name = call.text("event_name").ok_or_else(|| ApiError::missing("event_name"))?;
    meter::active(books, name).cloned().ok_or_else(|| {
        ApiError::coded("resource_missing", "event_name", format!("No active meter found for event name `{name}`."))
    })
}

fn whole(value: &str, param: &str) -> Result<i64, ApiError> {
    match (value.parse::<i64>(), value.parse::<f64>()) {
        (Ok(number), _) if number >= 0 => Ok(number),
        (Err(_), Ok(number)) if number.is_finite() => {
            Err(ApiError::not_modelled("meter event values with decimals").about(param))
        }
        _ => Err(ApiError::invalid(param, format!("Invalid value: {value}. It must be a number from 0."))),
    }
}

fn timestamp(call: &Call<'_>) -> Result<i64, ApiError> {
    let at = call.params.get("timestamp").and_then(Value::as_i64).unwrap_or(call.now);
    if at < call.now - OLDEST || at > call.now + AHEAD {
        let message = "The timestamp must be within the past 35 calendar days or up to 5 minutes in the future.";
        return Err(ApiError::invalid("timestamp", message));
    }
    Ok(at)
}

fn adjust(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let meter = metered(books, call)?;
    let identifier = call.params.get("cancel").and_then(|cancel| cancel["identifier"].as_str());
    let identifier = identifier.ok_or_else(|| ApiError::missing("cancel[identifier]"))?;
    let kept = books.meter_events.living(identifier).filter(|kept| kept["meter"] == meter["id"]).cloned();
    let mut kept = kept.ok_or_else(|| ApiError::no_such("meter event", identifier, "cancel[identifier]", false))?;
    if call.now - kept["created"].as_i64().unwrap_or(0) > DAY {
        let message = "A meter event can only be cancelled within 24 hours.";
        return Err(ApiError::invalid("cancel[identifier]", message));
    }
    kept["canceled"] = json!(true);
    books.meter_events.put(kept);
    Ok(json!({
        "object": "billing.meter_event_adjustment", "cancel": {"identifier": identifier},
        "event_name": meter["event_name"], "livemode": false, "status": "complete", "type": "cancel",
    }))
}

fn summaries(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let meter = meter::found(books, call)?;
    let customer = call.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    books.customer(customer, "customer")?;
    let (start, end) = (bound(call, "start_time")?, bound(call, "end_time")?);
    if start >= end {
        return Err(ApiError::invalid("end_time", "end_time must be after start_time."));
    }
    let (window, grain) = match call.text("value_grouping_window") {
        Some("hour") => (HOUR, HOUR),
        Some(_) => (DAY, DAY),
        None => (end - start, MINUTE),
    };
    for (param, at) in [("start_time", start), ("end_time", end)] {
        if at % grain != 0 {
            let message = format!("{param} must be aligned with windows of {grain} seconds.");
            return Err(ApiError::invalid(param, message));
        }
    }
    if (end - start) / window > MOST_WINDOWS {
        return Err(ApiError::invalid("end_time", format!("At most {MOST_WINDOWS} windows can be asked for.")));
    }
    let counted: Vec<&Value> = books
        .meter_events
        .of_customer(customer)
        .filter(|e| e["meter"] == meter["id"] && e["canceled"] == false)
        .collect();
    let mut all = Vec::new();
    let mut until = end;
    while until > start {
        all.push(summary(&meter, customer, &counted, (until - window, until)));
        until -= window;
    }
    list::page(call, all.iter(), |_| true)
}

fn bound(call: &Call<'_>, param: &str) -> Result<i64, ApiError> {
    call.params.get(param).and_then(Value::as_i64).ok_or_else(|| ApiError::missing(param))
}

/// What a customer's events (newest first) add up to from the window's start to before its end.
fn summary(meter: &Value, customer: &str, events: &[&Value], (start, end): (i64, i64)) -> Value {
    let at = |event: &Value| event["at"].as_i64().unwrap_or(0);
    let value = |event: &Value| event["value"].as_i64().unwrap_or(0);
    let mut inside = events.iter().filter(|event| (start..end).contains(&at(event)));
    let aggregated: i64 = match meter["default_aggregation"]["formula"].as_str() {
        // Of those at the same second the one that came last, which stands first here.
        Some("last") => inside.rev().max_by_key(|event| at(event)).map_or(0, |event| value(event)),
        _ => inside.by_ref().map(|event| value(event)).sum(),
    };
    let hash = hex::encode(Sha256::digest(format!("{} {customer} {start} {end}", meter["id"])));
    json!({
        "id": format!("mtrusg_test_{}", &hash[..24]), "object": "billing.meter_event_summary",
        "aggregated_value": aggregated, "end_time": end, "livemode": false, "meter": meter["id"], "start_time": start,
    })
}

//! Meters: what is counted of a customer's use.

use serde_json::{Value, json};

use super::list;
use super::operation::{Call, Modelled, on};
use crate::books::Books;
use crate::http::errors::ApiError;

pub const OPERATIONS: &[Modelled] = &[
    on(
        "POST",
        "/v1/billing/meters",
        &[
            "customer_mapping",
            "default_aggregation.formula",
            "display_name",
            "event_name",
            "event_time_window",
            "value_settings",
        ],
        create,
    ),
    on("GET", "/v1/billing/meters", &["status"], list_all),
    on("GET", "/v1/billing/meters/{id}", &[], retrieve),
    on("POST", "/v1/billing/meters/{id}", &["display_name"], update),
    on("POST", "/v1/billing/meters/{id}/deactivate", &[], deactivate),
    on("POST", "/v1/billing/meters/{id}/reactivate", &[], reactivate),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let name = call.text("event_name").ok_or_else(|| ApiError::missing("event_name"))?;
    refuse_second(books, name)?;
    let key = |param: &str, usual: &str| {
        let asked = call.params.get(param).and_then(|settings| settings["event_payload_key"].as_str());
        json!(asked.unwrap_or(usual))
    };
    let meter = json!({
        "id": books.ids.object("mtr"), "object": "billing.meter", "created": call.now,
        "customer_mapping": {"event_payload_key": key("customer_mapping", "stripe_customer_id"), "type": "by_id"},
        "default_aggregation": call.or_null("default_aggregation"), "display_name": display_name(call)?,
        "event_name": name, "event_time_window": call.or_null("event_time_window"), "livemode": false,
        "status": "active", "status_transitions": {"deactivated_at": null}, "updated": call.now,
        "value_settings": {"event_payload_key": key("value_settings", "value")},
    });
    books.create(&meter);
    Ok(meter)
}

fn display_name<'a>(call: &'a Call<'_>) -> Result<&'a str, ApiError> {
    call.text("display_name").ok_or_else(|| ApiError::missing("display_name"))
}

/// The active meter of an event name.
pub fn active<'b>(books: &'b Books, event_name: &str) -> Option<&'b Value> {
    books.meters.newest_first().find(|meter| meter["event_name"] == event_name && meter["status"] == "active")
}

fn refuse_second(books: &Books, event_name: &str) -> Result<(), ApiError> {
    if active(books, event_name).is_none() {
        return Ok(());
    }
    let message = format!("An active meter with the event name `{event_name}` already exists.");
    Err(ApiError::coded("resource_already_exists", "event_name", message))
}

/// The meter of the path.
pub fn found(books: &Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let meter = books.meters.living(call.id()).cloned();
    meter.ok_or_else(|| ApiError::no_such("billing meter", call.id(), "id", true))
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    found(books, call)
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut meter = found(books, call)?;
    if call.params.contains_key("display_name") {
        meter["display_name"] = json!(display_name(call)?);
        meter["updated"] = json!(call.now);
    }
    books.update(meter.clone());
    Ok(meter)
}

fn deactivate(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut meter = found(books, call)?;
    if meter["status"] != "active" {
        return Err(ApiError::invalid("id", "This meter is inactive already."));
    }
    meter["status"] = json!("inactive");
    meter["status_transitions"]["deactivated_at"] = json!(call.now);
    meter["updated"] = json!(call.now);
    books.transition(meter.clone(), &["billing.meter.deactivated"]);
    Ok(meter)
}

fn reactivate(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut meter = found(books, call)?;
    if meter["status"] == "active" {
        return Err(ApiError::invalid("id", "This meter is active already."));
    }
    refuse_second(books, meter["event_name"].as_str().unwrap_or_default())?;
    meter["status"] = json!("active");
    meter["status_transitions"]["deactivated_at"] = Value::Null;
    meter["updated"] = json!(call.now);
    books.transition(meter.clone(), &["billing.meter.reactivated"]);
    Ok(meter)
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let status = call.text("status");
    list::page(call, books.meters.newest_first(), |meter| status.is_none_or(|status| meter["status"] == status))
}

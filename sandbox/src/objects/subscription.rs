//! Subscriptions: paid at once, active until cancelled. Time does not move them yet.

use serde_json::{Value, json};

use super::invoice;
use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use super::price;
use crate::books::Books;
use crate::calendar;
use crate::http::errors::ApiError;

pub const OPERATIONS: &[Modelled] = &[
    on(
        "POST",
        "/v1/subscriptions",
        &[
            "cancel_at_period_end",
            "currency",
            "customer",
            "default_payment_method",
            "description",
            "items.metadata",
            "items.price",
            "items.quantity",
            "metadata",
            "off_session",
        ],
        create,
    ),
    on("GET", "/v1/subscriptions", &["customer", "price", "status"], list_all),
    on("GET", "/v1/subscriptions/{subscription_exposed_id}", &[], retrieve),
    on(
        "POST",
        "/v1/subscriptions/{subscription_exposed_id}",
        &["cancel_at_period_end", "cancellation_details", "default_payment_method", "description", "metadata"],
        update,
    ),
    on("DELETE", "/v1/subscriptions/{subscription_exposed_id}", &["cancellation_details"], cancel),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let customer_id = call.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    let customer = books.customer(customer_id, "customer")?.clone();
    let items = items(books, call)?;
    let currency = items[0]["price"]["currency"].clone();
    if call.params.get("currency").is_some_and(|asked| *asked != currency) {
        return Err(ApiError::invalid("currency", "The price specified does not support this currency."));
    }
    if customer["currency"].is_string() && customer["currency"] != currency {
        return Err(ApiError::invalid("items", "You cannot combine currencies on a single customer."));
    }
    let method = own_method(books, call, customer_id)?;
    let is_free = items.iter().all(|item| item["price"]["unit_amount"] == 0);
    if method.is_null() && customer["invoice_settings"]["default_payment_method"].is_null() && !is_free {
        let message = "This customer has no attached payment source or default payment method. Please consider \
                       adding a default payment method.";
        return Err(ApiError::coded("resource_missing", "", message));
    }
    let metadata = metadata::merge(&Value::Null, call.params.get("metadata"))?;
    let mut subscription = blank(call, &currency, &metadata);
    let id = books.ids.object("sub");
    subscription["id"] = json!(id);
    subscription["customer"] = json!(customer_id);
    subscription["default_payment_method"] = method;
    let items: Vec<Value> = items
        .into_iter()
        .map(|mut item| {
            item["id"] = json!(books.ids.object("si"));
            item["subscription"] = json!(id);
            item
        })
        .collect();
    subscription["items"] = json!({
        "object": "list", "has_more": false, "total_count": items.len(), "data": items,
        "url": format!("/v1/subscription_items?subscription={id}"),
    });
    set_cancel_at_period_end(&mut subscription, call.flag("cancel_at_period_end", false), call.now);
    subscription["latest_invoice"] = json!(invoice::first(books, &subscription, &customer, call));
    books.create(subscription.clone());
    Ok(subscription)
}

fn blank(call: &Call<'_>, currency: &Value, metadata: &Value) -> Value {
    json!({
        "object": "subscription", "application": null, "application_fee_percent": null,
        "automatic_tax": {"disabled_reason": null, "enabled": false, "liability": null},
        "billing_cycle_anchor": call.now, "billing_cycle_anchor_config": null,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible", "updated_at": call.now},
        "billing_schedules": [], "billing_thresholds": null, "cancel_at": null, "cancel_at_period_end": false,
        "canceled_at": null, "cancellation_details": {"comment": null, "feedback": null, "reason": null},
        "collection_method": "charge_automatically", "created": call.now, "currency": currency,
        "customer_account": null, "days_until_due": null, "default_source": null, "default_tax_rates": [],
        "description": call.or_null("description"), "discounts": [], "ended_at": null,
        "invoice_settings": {"account_tax_ids": null, "issuer": {"type": "self"}}, "livemode": false,
        "metadata": metadata, "next_pending_invoice_item_invoice": null, "on_behalf_of": null,
        "pause_collection": null,
        "payment_settings": {
            "payment_method_options": null, "payment_method_types": null, "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": null, "pending_setup_intent": null, "pending_update": null,
        "schedule": null, "start_date": call.now, "status": "active", "test_clock": null, "transfer_data": null,
        "trial_end": null, "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "trial_start": null,
    })
}

/// The items, still without ids; at least one, all recurring in one rhythm and one currency.
fn items(books: &Books, call: &Call<'_>) -> Result<Vec<Value>, ApiError> {
    let asked = call.params.get("items").and_then(Value::as_array).filter(|items| !items.is_empty());
    let asked = asked.ok_or_else(|| ApiError::missing("items"))?;
    let mut items: Vec<Value> = Vec::new();
    for (place, item) in asked.iter().enumerate() {
        let param = format!("items[{place}][price]");
        let id = item["price"].as_str().ok_or_else(|| ApiError::missing(&param))?;
        let of = books.prices.living(id).ok_or_else(|| ApiError::no_such("price", id, &param, false))?;
        if of["active"] == false {
            return Err(ApiError::invalid(
                &param,
                "The price specified is inactive. This field only accepts active prices.",
            ));
        }
        let recurring = &of["recurring"];
        let interval = recurring["interval"].as_str().unwrap_or_default();
        let end = calendar::after(call.now, interval, recurring["interval_count"].as_i64().unwrap_or(1));
        let end = end.ok_or_else(|| {
            let message = "The price specified is set to `type=one_time` but this field only accepts prices with \
                           `type=recurring`.";
            ApiError::invalid(&param, message)
        })?;
        let quantity = item.get("quantity").and_then(Value::as_i64).unwrap_or(1);
        if quantity < 0 {
            let message = "Invalid non-negative integer";
            return Err(ApiError::coded("parameter_invalid_integer", &format!("items[{place}][quantity]"), message));
        }
        items.push(json!({
            "object": "subscription_item", "billing_thresholds": null, "created": call.now,
            "current_period_end": end, "current_period_start": call.now, "discounts": [],
            "metadata": metadata::merge(&Value::Null, item.get("metadata"))?, "plan": price::as_plan(of), "price": of,
            "quantity": quantity, "tax_rates": [],
        }));
        if items[0]["price"]["currency"] != of["currency"] {
            return Err(ApiError::invalid(&param, "All prices on a subscription must have the same currency."));
        }
        if items[0]["price"]["recurring"] != *recurring {
            return Err(ApiError::not_modelled("subscriptions with prices of different intervals").about(&param));
        }
    }
    Ok(items)
}

fn own_method(books: &Books, call: &Call<'_>, customer: &str) -> Result<Value, ApiError> {
    let Some(id) = call.text("default_payment_method") else {
        return Ok(Value::Null);
    };
    match books.payment_methods.get(id) {
        Some(method) if method["customer"] == customer => Ok(json!(id)),
        Some(_) => {
            let message = "The customer does not have a payment method with the ID given. The payment method must be \
                           attached to the customer.";
            Err(ApiError::invalid("default_payment_method", message))
        }
        None => Err(ApiError::no_such("PaymentMethod", id, "default_payment_method", false)),
    }
}

fn set_cancel_at_period_end(subscription: &mut Value, at_end: bool, now: i64) {
    let was = subscription["cancel_at_period_end"] == true;
    subscription["cancel_at_period_end"] = json!(at_end);
    if at_end && !was {
        subscription["cancel_at"] = subscription["items"]["data"][0]["current_period_end"].clone();
        subscription["canceled_at"] = json!(now);
        subscription["cancellation_details"]["reason"] = json!("cancellation_requested");
    } else if was && !at_end {
        subscription["cancel_at"] = Value::Null;
        subscription["canceled_at"] = Value::Null;
        subscription["cancellation_details"]["reason"] = Value::Null;
    }
}

/// Ends a subscription now, unless it has ended.
pub fn end(books: &mut Books, mut subscription: Value) -> Value {
    if subscription["status"] == "canceled" {
        return subscription;
    }
    let now = books.now_of(&subscription);
    subscription["status"] = json!("canceled");
    subscription["ended_at"] = json!(now);
    if subscription["canceled_at"].is_null() {
        subscription["canceled_at"] = json!(now);
    }
    subscription["cancellation_details"]["reason"] = json!("cancellation_requested");
    books.store(&subscription);
    books.emit("customer.subscription.deleted", &subscription, None);
    subscription
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let found = books.subscriptions.get(call.id()).cloned();
    found.ok_or_else(|| ApiError::no_such("subscription", call.id(), "id", true))
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut subscription = retrieve(books, call)?;
    let only_notes =
        call.params.keys().all(|key| ["cancellation_details", "expand", "metadata"].contains(&key.as_str()));
    if subscription["status"] == "canceled" && !only_notes {
        let message = "A canceled subscription can only update its cancellation_details and metadata.";
        return Err(ApiError::invalid("", message));
    }
    if call.params.contains_key("default_payment_method") {
        let customer = subscription["customer"].as_str().unwrap_or_default();
        subscription["default_payment_method"] = own_method(books, call, customer)?;
    }
    subscription["metadata"] = metadata::merge(&subscription["metadata"], call.params.get("metadata"))?;
    call.copy(&["description"], &mut subscription);
    note(call, &mut subscription);
    let at_end = call.flag("cancel_at_period_end", subscription["cancel_at_period_end"] == true);
    set_cancel_at_period_end(&mut subscription, at_end, call.now);
    books.update(subscription.clone());
    Ok(subscription)
}

fn note(call: &Call<'_>, subscription: &mut Value) {
    for key in ["comment", "feedback"] {
        if let Some(said) = call.params.get("cancellation_details").and_then(|details| details.get(key)) {
            subscription["cancellation_details"][key] = if said == "" { Value::Null } else { said.clone() };
        }
    }
}

fn cancel(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut subscription = retrieve(books, call)?;
    if subscription["status"] == "canceled" {
        return Err(ApiError::no_such("subscription", call.id(), "id", true));
    }
    note(call, &mut subscription);
    Ok(end(books, subscription))
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let (customer, price) = (call.text("customer"), call.text("price"));
    let status = call.text("status");
    list::page(call, books.subscriptions.newest_first(), |subscription| {
        let has_status = match status {
            None => subscription["status"] != "canceled",
            Some("all") => true,
            Some("ended") => subscription["status"] == "canceled" || subscription["status"] == "incomplete_expired",
            Some(status) => subscription["status"] == status,
        };
        let items = subscription["items"]["data"].as_array();
        has_status
            && customer.is_none_or(|customer| subscription["customer"] == customer)
            && price.is_none_or(|price| items.is_some_and(|items| items.iter().any(|i| i["price"]["id"] == price)))
    })
}

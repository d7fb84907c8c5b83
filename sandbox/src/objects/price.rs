//! Prices: per unit, once or recurring. Tiers and metering are not modelled.

use serde_json::{Value, json};

use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use super::product;
use crate::books::Books;
use crate::http::errors::ApiError;

pub const OPERATIONS: &[Modelled] = &[
    on(
        "POST",
        "/v1/prices",
        &[
            "active",
            "currency",
            "lookup_key",
            "metadata",
            "nickname",
            "product",
            "product_data.metadata",
            "product_data.name",
            "recurring.interval",
            "recurring.interval_count",
            "tax_behavior",
            "transfer_lookup_key",
            "unit_amount",
        ],
        create,
    ),
    on("GET", "/v1/prices", &["active", "currency", "lookup_keys", "product", "recurring.interval", "type"], list_all),
    on("GET", "/v1/prices/{price}", &[], retrieve),
    on(
        "POST",
        "/v1/prices/{price}",
        &["active", "lookup_key", "metadata", "nickname", "tax_behavior", "transfer_lookup_key"],
        update,
    ),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let currency = call.text("currency").unwrap_or_default().to_lowercase();
    if currency.len() != 3 || !currency.chars().all(|c| c.is_ascii_lowercase()) {
        return Err(ApiError::invalid("currency", format!("Invalid currency: {currency}.")));
    }
    let amount = call.params.get("unit_amount").and_then(Value::as_i64);
    let amount = amount.ok_or_else(|| ApiError::missing("unit_amount"))?;
    if amount < 0 {
        let message = "Invalid non-negative integer";
        return Err(ApiError::coded("parameter_invalid_integer", "unit_amount", message));
    }
    let mut price = json!({
        "object": "price", "active": call.flag("active", true), "billing_scheme": "per_unit", "created": call.now,
        "currency": currency, "custom_unit_amount": null, "livemode": false, "lookup_key": null, "nickname": null,
        "recurring": recurring(call)?, "tax_behavior": "unspecified", "tiers_mode": null,
        "transform_quantity": null, "type": if call.params.contains_key("recurring") { "recurring" } else { "one_time" },
        "unit_amount": amount, "unit_amount_decimal": amount.to_string(),
    });
    write(books, call, &mut price)?;
    price["product"] = json!(product_of(books, call)?);
    price["id"] = json!(books.ids.object("price"));
    take_lookup_key(books, &price);
    books.create(&price);
    Ok(price)
}

fn recurring(call: &Call<'_>) -> Result<Value, ApiError> {
    let Some(asked) = call.params.get("recurring") else {
        return Ok(Value::Null);
    };
    let count = asked.get("interval_count").and_then(Value::as_i64).unwrap_or(1);
    if !(1..=1095).contains(&count) {
        return Err(ApiError::invalid("recurring[interval_count]", "Invalid interval_count"));
    }
    Ok(json!({
        "interval": asked["interval"], "interval_count": count, "meter": null, "trial_period_days": null,
        "usage_type": "licensed",
    }))
}

/// The product's id: the one named, or a new one from `product_data`.
fn product_of(books: &mut Books, call: &Call<'_>) -> Result<String, ApiError> {
    match (call.text("product"), call.params.get("product_data")) {
        (Some(_), Some(_)) => Err(ApiError::invalid(
            "product_data",
            "You may only specify one of these parameters: product, product_data.",
        )),
        (Some(id), None) => match books.products.living(id) {
            Some(_) => Ok(id.to_owned()),
            None => Err(ApiError::no_such("product", id, "product", false)),
        },
        (None, Some(data)) => {
            let mut made = product::blank(call.now);
            made["name"] = data["name"].clone();
            made["metadata"] = metadata::merge(&Value::Null, data.get("metadata"))?;
            let id = books.ids.object("prod");
            made["id"] = json!(id);
            books.create(&made);
            Ok(id)
        }
        (None, None) => Err(ApiError::missing("product")),
    }
}

fn write(books: &Books, call: &Call<'_>, price: &mut Value) -> Result<(), ApiError> {
    if let Some(key) = call.text("lookup_key") {
        let holder = books.prices.newest_first().find(|other| other["lookup_key"] == key);
        let is_other = holder.is_some_and(|other| other["id"] != price["id"]);
        if is_other && !call.flag("transfer_lookup_key", false) {
            let message = format!("A price with the lookup key `{key}` already exists.");
            return Err(ApiError::invalid("lookup_key", message));
        }
    }
    price["metadata"] = metadata::merge(&price["metadata"], call.params.get("metadata"))?;
    call.copy(&["active", "lookup_key", "nickname", "tax_behavior"], price);
    Ok(())
}

/// A lookup key stands on one price at a time.
fn take_lookup_key(books: &mut Books, price: &Value) {
    if price["lookup_key"].is_null() {
        return;
    }
    let is_holder = |other: &&Value| other["id"] != price["id"] && other["lookup_key"] == price["lookup_key"];
    let holder = books.prices.newest_first().find(is_holder).cloned();
    if let Some(mut other) = holder {
        other["lookup_key"] = Value::Null;
        books.update(other);
    }
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let found = books.prices.get(call.id()).cloned();
    found.ok_or_else(|| ApiError::no_such("price", call.id(), "price", true))
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut price = retrieve(books, call)?;
    write(books, call, &mut price)?;
    take_lookup_key(books, &price);
    books.update(price.clone());
    Ok(price)
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let keys = call.params.get("lookup_keys").and_then(Value::as_array);
    let interval = call.params.get("recurring").and_then(|recurring| recurring.get("interval"));
    list::page(call, books.prices.newest_first(), |price| {
        ["active", "currency", "product", "type"]
            .iter()
            .all(|key| call.params.get(*key).is_none_or(|v| price[*key] == *v))
            && keys.is_none_or(|keys| keys.contains(&price["lookup_key"]))
            && interval.is_none_or(|interval| price["recurring"]["interval"] == *interval)
    })
}

/// The legacy `plan` that a subscription item still shows beside its price.
pub fn as_plan(price: &Value) -> Value {
    json!({
        "id": price["id"], "object": "plan", "active": price["active"], "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"], "billing_scheme": price["billing_scheme"],
        "created": price["created"], "currency": price["currency"], "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"], "livemode": false, "metadata": price["metadata"],
        "meter": null, "nickname": price["nickname"], "product": price["product"], "tiers_mode": null,
        "transform_usage": null, "trial_period_days": null, "usage_type": "licensed",
    })
}

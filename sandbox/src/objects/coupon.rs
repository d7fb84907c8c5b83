//! Coupons: what they are worth and for how long. What they take off is worked out with invoices.

use serde_json::{Value, json};

use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use crate::books::Books;
use crate::http::errors::ApiError;

pub const OPERATIONS: &[Modelled] = &[
    on(
        "POST",
        "/v1/coupons",
        &[
            "amount_off",
            "applies_to.products",
            "currency",
            "duration",
            "duration_in_months",
            "id",
            "max_redemptions",
            "metadata",
            "name",
            "percent_off",
            "redeem_by",
        ],
        create,
    ),
    on("GET", "/v1/coupons", &[], list_all),
    on("GET", "/v1/coupons/{coupon}", &[], retrieve),
    on("POST", "/v1/coupons/{coupon}", &["metadata", "name"], update),
    on("DELETE", "/v1/coupons/{coupon}", &[], delete),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let (amount_off, currency) = amount(call)?;
    let percent_off = percent(call)?;
    match (amount_off.is_null(), percent_off.is_null()) {
        (true, true) => {
            return Err(ApiError::coded("parameter_missing", "", "Must provide percent_off or amount_off."));
        }
        (false, false) => {
            return Err(ApiError::invalid("percent_off", "You may only specify one of percent_off and amount_off."));
        }
        _ => {}
    }
    let mut coupon = json!({
        "object": "coupon", "amount_off": amount_off, "created": call.now, "currency": currency, "livemode": false,
        "max_redemptions": positive(call, "max_redemptions")?, "metadata": {}, "name": null,
        "percent_off": percent_off, "redeem_by": redeem_by(call)?, "times_redeemed": 0, "valid": true,
    });
    (coupon["duration"], coupon["duration_in_months"]) = duration(call)?;
    if let Some(products) = products(books, call)? {
        coupon["applies_to"] = json!({"products": products});
    }
    write(call, &mut coupon)?;
    coupon["id"] = json!(id(books, call)?);
    books.create(&coupon);
    Ok(shown(&coupon, call.now))
}

fn amount(call: &Call<'_>) -> Result<(Value, Value), ApiError> {
    let Some(amount) = call.params.get("amount_off") else {
        return match call.text("currency") {
            Some(_) => Err(ApiError::invalid("currency", "Currency can only be given together with amount_off.")),
            None => Ok((Value::Null, Value::Null)),
        };
    };
    let amount = positive_of(amount, "amount_off")?;
    let currency = call.text("currency").ok_or_else(|| ApiError::missing("currency"))?.to_lowercase();
    if currency.len() != 3 || !currency.chars().all(|c| c.is_ascii_lowercase()) {
        return Err(ApiError::invalid("currency", format!("Invalid currency: {currency}.")));
    }
    Ok((amount, json!(currency)))
}

/// More than nothing, at most all of it, to the hundredth of a percent.
fn percent(call: &Call<'_>) -> Result<Value, ApiError> {
    let Some(percent) = call.params.get("percent_off").and_then(Value::as_f64) else {
        return Ok(Value::Null);
    };
    if percent <= 0.0 || percent > 100.0 {
        return Err(ApiError::invalid("percent_off", "Percent off must be greater than 0 and at most 100."));
    }
    Ok(json!((percent * 100.0).round() / 100.0))
}

fn duration(call: &Call<'_>) -> Result<(Value, Value), ApiError> {
    let duration = call.text("duration").unwrap_or("once");
    let months = positive(call, "duration_in_months")?;
    match (duration, months.is_null()) {
        ("repeating", true) => Err(ApiError::missing("duration_in_months")),
        ("repeating", false) | (_, true) => Ok((json!(duration), months)),
        _ => {
            let message = "You may only specify duration_in_months if duration is repeating.";
            Err(ApiError::invalid("duration_in_months", message))
        }
    }
}

fn redeem_by(call: &Call<'_>) -> Result<Value, ApiError> {
    match call.params.get("redeem_by") {
        Some(at) if at.as_i64().unwrap_or(0) <= call.now => {
            Err(ApiError::invalid("redeem_by", "redeem_by must be in the future."))
        }
        at => Ok(at.cloned().unwrap_or_default()),
    }
}

fn products(books: &Books, call: &Call<'_>) -> Result<Option<Value>, ApiError> {
    let Some(products) = call.params.get("applies_to").and_then(|applies| applies.get("products")) else {
        return Ok(None);
    };
    for (place, product) in products.as_array().into_iter().flatten().enumerate() {
        let id = product.as_str().unwrap_or_default();
        if books.products.living(id).is_none() {
            return Err(ApiError::no_such("product", id, &format!("applies_to[products][{place}]"), false));
        }
    }
    Ok(Some(products.clone()))
}

fn positive(call: &Call<'_>, param: &str) -> Result<Value, ApiError> {
    call.params.get(param).map_or(Ok(Value::Null), |value| positive_of(value, param))
}

fn positive_of(value: &Value, param: &str) -> Result<Value, ApiError> {
    if value.as_i64().is_some_and(|number| number > 0) {
        return Ok(value.clone());
    }
    Err(ApiError::coded("parameter_invalid_integer", param, "This value must be greater than or equal to 1."))
}

fn id(books: &mut Books, call: &Call<'_>) -> Result<String, ApiError> {
    let Some(id) = call.text("id") else {
        return Ok(books.ids.coupon());
    };
    // It stands in paths as it is.
    if !id.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c)) {
        return Err(ApiError::invalid("id", "Only alphanumeric characters, `-` and `_` can stand in an id."));
    }
    match books.coupons.living(id) {
        Some(_) => Err(ApiError::coded("resource_already_exists", "id", "Coupon already exists.")),
        None => Ok(id.to_owned()),
    }
}

fn write(call: &Call<'_>, coupon: &mut Value) -> Result<(), ApiError> {
    if call.text("name").is_some_and(|name| name.chars().count() > 40) {
        return Err(ApiError::coded(
            "parameter_invalid_string_empty",
            "name",
            "Invalid string: at most 40 characters.",
        ));
    }
    coupon["metadata"] = metadata::merge(&coupon["metadata"], call.params.get("metadata"))?;
    call.copy(&["name"], coupon);
    Ok(())
}

/// The coupon as it is shown at `now`: `valid` follows time and redemptions.
pub fn shown(coupon: &Value, now: i64) -> Value {
    let mut shown = coupon.clone();
    shown["valid"] = json!(is_valid(coupon, now));
    shown
}

/// Whether the coupon can still be redeemed.
pub fn is_valid(coupon: &Value, now: i64) -> bool {
    let is_in_time = coupon["redeem_by"].as_i64().is_none_or(|last| now < last);
    let redeemed = coupon["times_redeemed"].as_i64().unwrap_or(0);
    is_in_time && coupon["max_redemptions"].as_i64().is_none_or(|most| redeemed < most)
}

fn found(books: &Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let coupon = books.coupons.living(call.id()).cloned();
    coupon.ok_or_else(|| ApiError::no_such("coupon", call.id(), "coupon", true))
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    Ok(shown(&found(books, call)?, call.now))
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut coupon = found(books, call)?;
    write(call, &mut coupon)?;
    books.update(coupon.clone());
    Ok(shown(&coupon, call.now))
}

/// Discounts that exist keep it, as with Stripe.
fn delete(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let coupon = found(books, call)?;
    books.emit("coupon.deleted", &coupon, None);
    let stub = books.coupons.delete(call.id());
    stub.ok_or_else(|| ApiError::no_such("coupon", call.id(), "coupon", true))
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let shown: Vec<Value> = books.coupons.newest_first().map(|coupon| shown(coupon, call.now)).collect();
    list::page(call, shown.iter(), |_| true)
}

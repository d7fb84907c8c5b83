//! Promotion codes: what a customer types to get a coupon.

use serde_json::{Value, json};

use super::coupon;
use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use crate::books::Books;
use crate::http::errors::ApiError;

pub const OPERATIONS: &[Modelled] = &[
    on(
        "POST",
        "/v1/promotion_codes",
        &[
            "active",
            "code",
            "customer",
            "expires_at",
            "max_redemptions",
            "metadata",
            "promotion",
            "restrictions.first_time_transaction",
            "restrictions.minimum_amount",
            "restrictions.minimum_amount_currency",
        ],
        create,
    ),
    on("GET", "/v1/promotion_codes", &["active", "code", "coupon", "customer"], list_all),
    on("GET", "/v1/promotion_codes/{promotion_code}", &[], retrieve),
    on("POST", "/v1/promotion_codes/{promotion_code}", &["active", "metadata"], update),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let coupon = coupon_of(books, call)?;
    let customer = match call.text("customer") {
        Some(id) => books.customer(id, "customer").map(|customer| customer["id"].clone())?,
        None => Value::Null,
    };
    let mut code = json!({
        "object": "promotion_code", "active": true, "created": call.now, "customer": customer,
        "customer_account": null, "expires_at": expires_at(call, &coupon)?, "livemode": false,
        "max_redemptions": max_redemptions(call, &coupon)?, "metadata": {},
        "promotion": {"coupon": coupon["id"], "type": "coupon"}, "restrictions": restrictions(call)?,
        "times_redeemed": 0,
    });
    write(call, &mut code)?;
    code["code"] = json!(text(books, call, &code)?);
    code["id"] = json!(books.ids.object("promo"));
    books.create(&code);
    Ok(shown(books, &code, call.now))
}

fn coupon_of(books: &Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let id = call.params.get("promotion").and_then(|promotion| promotion["coupon"].as_str());
    let id = id.ok_or_else(|| ApiError::missing("promotion[coupon]"))?;
    let coupon = books.coupons.living(id).cloned();
    let coupon = coupon.ok_or_else(|| ApiError::no_such("coupon", id, "promotion[coupon]", false))?;
    if !coupon::is_valid(&coupon, call.now) {
        return Err(ApiError::invalid("promotion[coupon]", "This coupon is not valid any more."));
    }
    Ok(coupon)
}

fn expires_at(call: &Call<'_>, coupon: &Value) -> Result<Value, ApiError> {
    let Some(at) = call.params.get("expires_at") else {
        return Ok(coupon["redeem_by"].clone());
    };
    let seconds = at.as_i64().unwrap_or(0);
    if seconds <= call.now {
        return Err(ApiError::invalid("expires_at", "expires_at must be in the future."));
    }
    if coupon["redeem_by"].as_i64().is_some_and(|last| seconds > last) {
        return Err(ApiError::invalid("expires_at", "expires_at can't be later than the coupon's redeem_by."));
    }
    Ok(at.clone())
}

fn max_redemptions(call: &Call<'_>, coupon: &Value) -> Result<Value, ApiError> {
    let Some(most) = call.params.get("max_redemptions") else {
        return Ok(Value::Null);
    };
    let number = most.as_i64().unwrap_or(0);
    if number < 1 {
        let message = "This value must be greater than or equal to 1.";
        return Err(ApiError::coded("parameter_invalid_integer", "max_redemptions", message));
    }
    if coupon["max_redemptions"].as_i64().is_some_and(|of_coupon| number > of_coupon) {
        return Err(ApiError::invalid("max_redemptions", "It can't be more than the coupon's max_redemptions."));
    }
    Ok(most.clone())
}

fn restrictions(call: &Call<'_>) -> Result<Value, ApiError> {
    let asked = call.params.get("restrictions").cloned().unwrap_or_default();
    let (amount, currency) = (asked["minimum_amount"].clone(), asked["minimum_amount_currency"].clone());
    match (amount.as_i64(), currency.as_str()) {
        (Some(..1), _) => {
            let message = "This value must be greater than or equal to 1.";
            return Err(ApiError::coded("parameter_invalid_integer", "restrictions[minimum_amount]", message));
        }
        (Some(_), None) => return Err(ApiError::missing("restrictions[minimum_amount_currency]")),
        (None, Some(_)) => return Err(ApiError::missing("restrictions[minimum_amount]")),
        _ => {}
    }
    Ok(json!({
        "first_time_transaction": asked["first_time_transaction"] == true, "minimum_amount": amount,
        "minimum_amount_currency": currency.as_str().map(str::to_lowercase),
    }))
}

/// The code itself; no two active ones are the same to one customer, upper and lower case alike.
fn text(books: &mut Books, call: &Call<'_>, code: &Value) -> Result<String, ApiError> {
    let Some(text) = call.text("code") else {
        return Ok(books.ids.promotion_code());
    };
    if !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        let message = "Promotion codes may only contain the characters a-z, A-Z, 0-9 and `-`.";
        return Err(ApiError::invalid("code", message));
    }
    let is_taken = books.promotion_codes.newest_first().any(|other| {
        other["active"] == true
            && other["code"].as_str().is_some_and(|other| other.eq_ignore_ascii_case(text))
            && (other["customer"].is_null() || code["customer"].is_null() || other["customer"] == code["customer"])
    });
    if is_taken {
        let message = format!("An active promotion code with `code: {text}` already exists.");
        return Err(ApiError::coded("resource_already_exists", "code", message));
    }
    Ok(text.to_owned())
}

fn write(call: &Call<'_>, code: &mut Value) -> Result<(), ApiError> {
    code["metadata"] = metadata::merge(&code["metadata"], call.params.get("metadata"))?;
    code["active"] = json!(call.flag("active", code["active"] != false));
    Ok(())
}

/// The code as it is shown at `now`: one that can't be redeemed any more is not active.
pub fn shown(books: &Books, code: &Value, now: i64) -> Value {
    let mut shown = code.clone();
    shown["active"] = json!(is_active(books, code, now));
    shown
}

/// Whether the code can still be redeemed.
pub fn is_active(books: &Books, code: &Value, now: i64) -> bool {
    let is_in_time = code["expires_at"].as_i64().is_none_or(|last| now < last);
    let redeemed = code["times_redeemed"].as_i64().unwrap_or(0);
    let coupon = code["promotion"]["coupon"].as_str().and_then(|id| books.coupons.living(id));
    code["active"] == true
        && is_in_time
        && code["max_redemptions"].as_i64().is_none_or(|most| redeemed < most)
        && coupon.is_some_and(|coupon| coupon::is_valid(coupon, now))
}

fn found(books: &Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let code = books.promotion_codes.living(call.id()).cloned();
    code.ok_or_else(|| ApiError::no_such("promotion code", call.id(), "promotion_code", true))
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    Ok(shown(books, &found(books, call)?, call.now))
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut code = found(books, call)?;
    let was_active = code["active"] == true;
    write(call, &mut code)?;
    if !was_active && code["active"] == true && !is_active(books, &code, call.now) {
        return Err(ApiError::invalid("active", "This promotion code can't be made active again: it is used up."));
    }
    books.update(code.clone());
    Ok(shown(books, &code, call.now))
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let shown: Vec<Value> = books.promotion_codes.newest_first().map(|code| shown(books, code, call.now)).collect();
    let active = call.params.get("active");
    list::page(call, shown.iter(), |code| {
        active.is_none_or(|active| code["active"] == *active)
            && call.text("customer").is_none_or(|customer| code["customer"] == customer)
            && call.text("coupon").is_none_or(|coupon| code["promotion"]["coupon"] == coupon)
            && call.text("code").is_none_or(|text| code["code"].as_str().is_some_and(|c| c.eq_ignore_ascii_case(text)))
    })
}

//! Payment methods: Stripe's public test cards, attached to customers.

use serde_json::{Value, json};

use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use crate::books::Books;
use crate::http::errors::{ApiError, ErrorType};
use crate::payments::cards::{self, Behaviour, TestCard};
use crate::payments::numbers;

pub const OPERATIONS: &[Modelled] = &[
    on(
        "POST",
        "/v1/payment_methods",
        &[
            "allow_redisplay",
            "billing_details",
            "card.cvc",
            "card.exp_month",
            "card.exp_year",
            "card.number",
            "card.token",
            "metadata",
            "type",
        ],
        create,
    ),
    on("GET", "/v1/payment_methods", &["customer", "type"], list_all),
    on("GET", "/v1/payment_methods/{payment_method}", &[], retrieve),
    on(
        "POST",
        "/v1/payment_methods/{payment_method}",
        &["allow_redisplay", "billing_details", "card.exp_month", "card.exp_year", "metadata"],
        update,
    ),
    on("POST", "/v1/payment_methods/{payment_method}/attach", &["customer"], attach),
    on("POST", "/v1/payment_methods/{payment_method}/detach", &[], detach),
    on("GET", "/v1/customers/{customer}/payment_methods", &["type"], list_of_customer),
    on("GET", "/v1/customers/{customer}/payment_methods/{payment_method}", &[], retrieve_of_customer),
];

/// A payment method ready to be attached: a new one from a test id, or one that `owner` has.
///
/// # Errors
/// 400 for an unknown id, one that was detached, or one that belongs to another customer than
/// `owner`; 402 for the test id that declines.
pub fn prepare(books: &Books, given: &str, owner: Option<&str>, param: &str) -> Result<Value, ApiError> {
    match cards::by_id(given) {
        Some(TestCard { behaviour: Behaviour::Declines(decline), .. }) => return Err(decline.error()),
        Some(of) => return Ok(card(of)),
        None => {}
    }
    match books.payment_methods.get(given) {
        None if given.starts_with("pm_card_") => {
            Err(ApiError::not_modelled(&format!("the test card `{given}`")).about(param))
        }
        None => Err(ApiError::no_such("PaymentMethod", given, param, false)),
        Some(_) if books.spent_methods.get(given).is_some() => {
            let message = "This PaymentMethod was previously used without being attached to a Customer or was \
                           detached from a Customer, and may not be used again.";
            Err(ApiError::invalid(param, message))
        }
        Some(method) if method["customer"].is_null() => match cards::behaviour(books, method) {
            Behaviour::Declines(decline) => Err(decline.error()),
            _ => Ok(method.clone()),
        },
        Some(method) if method["customer"].as_str() != owner => {
            let message = "The payment method you provided has already been attached to a customer.";
            Err(ApiError::invalid(param, message))
        }
        Some(method) => Ok(method.clone()),
    }
}

/// A payment method for one payment: of any test card, also one that can't be attached.
///
/// # Errors
/// 400 for an unknown id, 501 for a test card that is not modelled.
pub fn prepare_any(books: &Books, given: &str, param: &str) -> Result<Value, ApiError> {
    match cards::by_id(given) {
        Some(of) => Ok(card(of)),
        None => prepare(books, given, None, param),
    }
}

/// A payment method of a test card, still without id and owner.
pub fn card(of: &TestCard) -> Value {
    let TestCard { brand, last4, funding, country, .. } = of;
    json!({
        "object": "payment_method", "allow_redisplay": "unspecified", "billing_details": billing_details(),
        "card": {
            "brand": brand,
            "checks": {"address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass"},
            "country": country, "display_brand": brand, "exp_month": 12, "exp_year": 2034,
            "fingerprint": format!("sandbox{brand}{last4}"), "funding": funding, "generated_from": null,
            "last4": last4, "networks": {"available": [brand], "preferred": null},
            "regulated_status": "unregulated", "three_d_secure_usage": {"supported": true}, "wallet": null,
        },
        "customer": null, "customer_account": null, "livemode": false, "metadata": {}, "type": "card",
    })
}

fn billing_details() -> Value {
    json!({
        "address": {
            "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null,
        },
        "email": null, "name": null, "phone": null, "tax_id": null,
    })
}

/// Makes the payment method of a test card that belongs to nobody yet, and returns its id.
pub fn loose(books: &mut Books, of: &TestCard, now: i64) -> String {
    keep(books, card(of), now)
}

fn keep(books: &mut Books, mut method: Value, now: i64) -> String {
    let id = books.ids.object("pm");
    method["id"] = json!(id);
    method["created"] = json!(now);
    books.store(&method);
    id
}

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let kind = call.text("type").ok_or_else(|| ApiError::missing("type"))?;
    if kind != "card" {
        return Err(ApiError::not_modelled(&format!("payment methods of the type `{kind}`")).about("type"));
    }
    let sent = call.params.get("card").ok_or_else(|| ApiError::missing("card"))?;
    let of = match (sent["token"].as_str(), sent["number"].as_str()) {
        (Some(_), Some(_)) => return Err(ApiError::invalid("card", "You may only specify one of token and number.")),
        (Some(token), None) => of_token(token)?,
        (None, Some(number)) => numbers::card(number)?,
        (None, None) => return Err(ApiError::missing("card[number]")),
    };
    let mut method = card(of);
    if sent["number"].is_string() {
        for key in ["exp_month", "exp_year"] {
            let param = format!("card[{key}]");
            method["card"][key] = sent.get(key).cloned().ok_or_else(|| ApiError::missing(&param))?;
        }
    }
    write(call, &mut method)?;
    let id = keep(books, method, call.now);
    found(books, &id, |_| true)
}

/// `tok_visa` stands for the same card as `pm_card_visa`.
fn of_token(token: &str) -> Result<&'static TestCard, ApiError> {
    let card = token.strip_prefix("tok_").and_then(|name| cards::by_id(&format!("pm_card_{name}")));
    card.ok_or_else(|| ApiError::no_such("token", token, "card[token]", false))
}

/// Writes what creating and updating share.
fn write(call: &Call<'_>, method: &mut Value) -> Result<(), ApiError> {
    let expiry = (method["card"]["exp_month"].as_i64(), method["card"]["exp_year"].as_i64());
    match expiry {
        (Some(1..=12), Some(year)) if (2000..=2100).contains(&year) => {
            let time = time::OffsetDateTime::from_unix_timestamp(call.now).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
            let now = (i64::from(time.year()), i64::from(u8::from(time.month())));
            if (year, expiry.0.unwrap_or(0)) < now {
                return Err(invalid_card("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year"));
            }
        }
        (Some(1..=12), _) => {
            return Err(invalid_card("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year"));
        }
        _ => return Err(invalid_card("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month")),
    }
    method["metadata"] = metadata::merge(&method["metadata"], call.params.get("metadata"))?;
    call.copy(&["allow_redisplay"], method);
    let details = call.params.get("billing_details").and_then(Value::as_object);
    for (key, value) in details.into_iter().flatten() {
        let into = &mut method["billing_details"][key.as_str()];
        match value {
            Value::Object(address) => address.iter().for_each(|(part, text)| into[part.as_str()] = text.clone()),
            text if text == "" && key == "address" => *into = billing_details()["address"].clone(),
            text if text == "" => *into = Value::Null,
            text => *into = text.clone(),
        }
    }
    Ok(())
}

fn invalid_card(code: &str, message: &str, key: &str) -> ApiError {
    ApiError::new(402, ErrorType::Card, code, message).about(&format!("card[{key}]"))
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut method = found(books, call.id(), |_| true)?;
    if method["customer"].is_null() {
        let message = "You must save this PaymentMethod to a customer before you can update it.";
        return Err(ApiError::invalid("payment_method", message));
    }
    for key in ["exp_month", "exp_year"] {
        if let Some(value) = call.params.get("card").and_then(|card| card.get(key)) {
            method["card"][key] = value.clone();
        }
    }
    write(call, &mut method)?;
    books.update(method.clone());
    Ok(method)
}

/// Attaches what [`prepare`] returned and returns its id.
pub fn put(books: &mut Books, mut method: Value, customer: &str, now: i64) -> String {
    let is_loose = method["customer"].is_null();
    method["customer"] = json!(customer);
    let id = match method["id"].as_str() {
        Some(id) => id.to_owned(),
        None => keep(books, method.clone(), now),
    };
    if is_loose {
        let kept = books.payment_methods.get(&id);
        method["id"] = json!(id);
        method["created"] = kept.map_or(json!(now), |kept| kept["created"].clone());
        books.store(&method);
        books.emit("payment_method.attached", &method, None);
    }
    id
}

fn attach(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let customer = call.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    books.customer(customer, "customer")?;
    let method = prepare(books, call.id(), Some(customer), "payment_method")?;
    let id = put(books, method, customer, call.now);
    found(books, &id, |_| true)
}

fn detach(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let method = found(books, call.id(), |_| true)?;
    if method["customer"].is_null() {
        let message = "The payment method you provided is not attached to a customer so detachment is impossible.";
        return Err(ApiError::invalid("payment_method", message));
    }
    let owner = method["customer"].as_str().unwrap_or_default().to_owned();
    if let Some(mut customer) = books.customers.living(&owner).cloned()
        && customer["invoice_settings"]["default_payment_method"] == call.id()
    {
        customer["invoice_settings"]["default_payment_method"] = Value::Null;
        books.update(customer);
    }
    let subscriptions: Vec<Value> = books.subscriptions.of_customer(&owner).cloned().collect();
    for mut subscription in subscriptions.into_iter().filter(|s| s["default_payment_method"] == call.id()) {
        subscription["default_payment_method"] = Value::Null;
        books.update(subscription);
    }
    Ok(let_go(books, method))
}

/// Takes a payment method from its customer, for good.
pub fn let_go(books: &mut Books, mut method: Value) -> Value {
    let previous = json!({"customer": method["customer"]});
    method["customer"] = Value::Null;
    books.store(&method);
    books.spent_methods.insert_cow(method["id"].as_str().unwrap_or_default().to_owned(), true);
    books.emit("payment_method.detached", &method, Some(&previous));
    method
}

fn found(books: &Books, id: &str, is_wanted: impl Fn(&Value) -> bool) -> Result<Value, ApiError> {
    let method = books.payment_methods.get(id).filter(|method| is_wanted(method)).cloned();
    method.ok_or_else(|| ApiError::no_such("PaymentMethod", id, "payment_method", true))
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    found(books, call.id(), |_| true)
}

fn retrieve_of_customer(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let (customer, id) = (call.id(), call.path_ids.get(1).map_or("", String::as_str));
    found(books, id, |method| method["customer"] == customer)
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let customer = call.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    of(books, call, customer)
}

fn list_of_customer(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    if books.customers.living(call.id()).is_none() {
        return Err(ApiError::no_such("customer", call.id(), "customer", true));
    }
    of(books, call, call.id())
}

fn of(books: &Books, call: &Call<'_>, customer: &str) -> Result<Value, ApiError> {
    let kind = call.params.get("type");
    list::page(call, books.payment_methods.of_customer(customer), |method| {
        kind.is_none_or(|kind| method["type"] == *kind)
    })
}

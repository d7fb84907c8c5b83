//! Payment intents, as the API takes and shows them.

use serde_json::{Value, json};

use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use super::payment_method;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::life::pay::follow_intent;
use crate::payments::intent::{self, OnChallenge, Outcome};

pub const OPERATIONS: &[Modelled] = &[
    on(
        "POST",
        "/v1/payment_intents",
        &[
            "amount",
            "automatic_payment_methods",
            "capture_method",
            "confirm",
            "currency",
            "customer",
            "description",
            "metadata",
            "off_session",
            "payment_method",
            "receipt_email",
            "return_url",
            "setup_future_usage",
        ],
        create,
    ),
    on("GET", "/v1/payment_intents", &["customer"], list_all),
    on("GET", "/v1/payment_intents/{intent}", &[], retrieve),
    on("POST", "/v1/payment_intents/{intent}", &["amount", "description", "metadata", "payment_method"], update),
    on("POST", "/v1/payment_intents/{intent}/confirm", &["off_session", "payment_method", "return_url"], confirm),
    on("POST", "/v1/payment_intents/{intent}/capture", &["amount_to_capture"], capture),
    on("POST", "/v1/payment_intents/{intent}/cancel", &["cancellation_reason"], cancel),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let amount = call.params.get("amount").and_then(Value::as_i64).unwrap_or(0);
    if amount < 1 {
        return Err(ApiError::coded("parameter_invalid_integer", "amount", "Invalid positive integer"));
    }
    let customer = call.text("customer");
    if let Some(customer) = customer {
        books.customer(customer, "customer")?;
    }
    let currency = call.text("currency").unwrap_or_default().to_lowercase();
    let mut intent = intent::make(books, amount, &currency, customer, call.text("description"));
    intent["metadata"] = metadata::merge(&Value::Null, call.params.get("metadata"))?;
    call.copy(&["capture_method", "receipt_email", "setup_future_usage"], &mut intent);
    if let Some(automatic) = call.params.get("automatic_payment_methods") {
        intent["automatic_payment_methods"] = automatic.clone();
    }
    set_method(books, call, &mut intent)?;
    books.create(&intent);
    if call.flag("confirm", false) { confirmed(books, call, &intent) } else { Ok(intent) }
}

/// Takes a card for an intent: an attached one, or a test card that is made for it.
fn set_method(books: &mut Books, call: &Call<'_>, intent: &mut Value) -> Result<(), ApiError> {
    let Some(given) = call.text("payment_method") else {
        return Ok(());
    };
    let mut method = match books.payment_methods.get(given) {
        Some(method) => method.clone(),
        None => payment_method::prepare_any(books, given, "payment_method")?,
    };
    if method["customer"].is_string() && method["customer"] != intent["customer"] {
        let message = "The payment method you provided belongs to another customer.";
        return Err(ApiError::invalid("payment_method", message));
    }
    if method["id"].is_null() {
        method["id"] = json!(books.ids.object("pm"));
        method["created"] = json!(call.now);
        books.store(&method);
    }
    intent["payment_method"] = method["id"].clone();
    if intent["status"] == "requires_payment_method" {
        intent["status"] = json!("requires_confirmation");
    }
    Ok(())
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let found = books.payment_intents.get(call.id()).cloned();
    found.ok_or_else(|| ApiError::no_such("payment_intent", call.id(), "intent", true))
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    match call.text("customer") {
        Some(customer) => list::page(call, books.payment_intents.of_customer(customer), |_| true),
        None => list::page(call, books.payment_intents.newest_first(), |_| true),
    }
}

fn in_status(books: &mut Books, call: &Call<'_>, wanted: &[&str]) -> Result<Value, ApiError> {
    let intent = retrieve(books, call)?;
    let status = intent.text("status");
    if wanted.contains(&status) {
        return Ok(intent);
    }
    let message = format!("This PaymentIntent's status is {status}, which does not allow that.");
    Err(ApiError::coded("payment_intent_unexpected_state", "", message))
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut intent = in_status(books, call, &["requires_payment_method", "requires_confirmation", "requires_action"])?;
    if let Some(amount) = call.params.get("amount") {
        if books.payment_links.get(call.id()).is_some() {
            return Err(ApiError::invalid("amount", "The amount of an invoice's PaymentIntent can't be changed."));
        }
        intent["amount"] = amount.clone();
    }
    intent["metadata"] = metadata::merge(&intent["metadata"], call.params.get("metadata"))?;
    call.copy(&["description"], &mut intent);
    set_method(books, call, &mut intent)?;
    // Stripe has no event for this.
    books.store(&intent);
    Ok(intent)
}

fn confirm(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut intent = in_status(books, call, &["requires_payment_method", "requires_confirmation", "requires_action"])?;
    set_method(books, call, &mut intent)?;
    books.store(&intent);
    confirmed(books, call, &intent)
}

fn confirmed(books: &mut Books, call: &Call<'_>, intent: &Value) -> Result<Value, ApiError> {
    let id = intent.id();
    let Some(method) = intent.maybe_text("payment_method") else {
        let message = "You cannot confirm this PaymentIntent because it's missing a payment method.";
        return Err(ApiError::coded("payment_intent_unexpected_state", "", message));
    };
    let is_off_session = call.params.get("off_session").is_some_and(|off| *off != false);
    let challenge = if is_off_session { OnChallenge::Decline } else { OnChallenge::Wait };
    let outcome = intent::confirm(books, id, method, challenge);
    if let Some(outcome) = outcome {
        follow_intent(books, id, outcome);
    }
    if let Some(Outcome::Declined(decline)) = outcome {
        return Err(decline.error().kept());
    }
    let mut intent = books.payment_intents.get(id).cloned().unwrap_or_default();
    if let (Some(url), true) = (call.text("return_url"), intent["next_action"].is_object()) {
        intent["next_action"]["redirect_to_url"]["return_url"] = json!(url);
        books.store(&intent);
    }
    Ok(intent)
}

fn capture(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let intent = in_status(books, call, &["requires_capture"])?;
    let most = intent.int("amount_capturable");
    let amount = call.params.get("amount_to_capture").and_then(Value::as_i64).unwrap_or(most);
    if !(1..=most).contains(&amount) {
        return Err(ApiError::coded(
            "amount_too_large",
            "amount_to_capture",
            "You can capture what is authorized at most.",
        ));
    }
    Ok(intent::capture(books, intent, amount))
}

fn cancel(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    const OPEN: [&str; 4] = ["requires_payment_method", "requires_confirmation", "requires_action", "requires_capture"];
    in_status(books, call, &OPEN)?;
    if books.payment_links.get(call.id()).is_some() {
        let message = "You cannot cancel a PaymentIntent that belongs to an invoice; void the invoice instead.";
        return Err(ApiError::coded("payment_intent_unexpected_state", "", message));
    }
    intent::cancel(books, call.id(), call.text("cancellation_reason"));
    retrieve(books, call)
}

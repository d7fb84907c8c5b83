//! Setup intents: a card is saved for later, without a payment.
//!
//! `requires_payment_method` → `requires_confirmation` → `requires_action` (3-D Secure) →
//! `succeeded`, or `canceled` from any but the last. A refused card sends it back to the beginning.

use serde_json::{Value, json};

use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use super::payment_method;
use crate::books::Books;
use crate::http::errors::ApiError;
use crate::payments::cards::{self, Behaviour, Decline};

/// What a setup says when the 3-D Secure challenge fails.
const NOT_AUTHENTICATED: Decline = Decline {
    code: "setup_intent_authentication_failure",
    decline_code: "",
    message: "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
};

pub const OPERATIONS: &[Modelled] = &[
    on(
        "POST",
        "/v1/setup_intents",
        &[
            "automatic_payment_methods",
            "confirm",
            "customer",
            "description",
            "metadata",
            "payment_method",
            "return_url",
            "usage",
        ],
        create,
    ),
    on("GET", "/v1/setup_intents", &["customer", "payment_method"], list_all),
    on("GET", "/v1/setup_intents/{intent}", &[], retrieve),
    on("POST", "/v1/setup_intents/{intent}", &["customer", "description", "metadata", "payment_method"], update),
    on("POST", "/v1/setup_intents/{intent}/confirm", &["payment_method", "return_url"], confirm),
    on("POST", "/v1/setup_intents/{intent}/cancel", &["cancellation_reason"], cancel),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let automatic = call.params.get("automatic_payment_methods");
    let automatic = automatic.map_or(Value::Null, |asked| {
        let redirects = asked.get("allow_redirects").cloned().unwrap_or_else(|| json!("always"));
        json!({"allow_redirects": redirects, "enabled": asked["enabled"]})
    });
    let mut intent = json!({
        "object": "setup_intent", "application": null, "automatic_payment_methods": automatic,
        "cancellation_reason": null, "created": call.now, "customer": null, "customer_account": null,
        "description": null, "excluded_payment_method_types": null, "flow_directions": null,
        "last_setup_error": null, "latest_attempt": null, "livemode": false, "mandate": null, "metadata": {},
        "next_action": null, "on_behalf_of": null, "payment_method": null,
        "payment_method_configuration_details": null,
        "payment_method_options": {"card": {"mandate_options": null, "network": null, "request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"], "single_use_mandate": null, "status": "requires_payment_method",
        "usage": call.text("usage").unwrap_or("off_session"),
    });
    write(books, call, &mut intent)?;
    let id = books.ids.object("seti");
    intent["client_secret"] = json!(format!("{id}_secret_{}", books.ids.secret_part()));
    intent["id"] = json!(id);
    books.create(&intent);
    if call.flag("confirm", false) {
        return confirmed(books, call, intent);
    }
    Ok(intent)
}

/// Writes what creating and updating share.
fn write(books: &mut Books, call: &Call<'_>, intent: &mut Value) -> Result<(), ApiError> {
    if let Some(customer) = call.text("customer") {
        intent["customer"] = books.customer(customer, "customer")?["id"].clone();
    }
    intent["metadata"] = metadata::merge(&intent["metadata"], call.params.get("metadata"))?;
    call.copy(&["description"], intent);
    if let Some(given) = call.text("payment_method") {
        intent["payment_method"] = json!(method(books, call, intent, given)?);
        intent["status"] = json!("requires_confirmation");
    }
    Ok(())
}

/// The payment method's id; of a test id a new one is made, which belongs to nobody yet.
fn method(books: &mut Books, call: &Call<'_>, intent: &Value, given: &str) -> Result<String, ApiError> {
    if let Some(card) = cards::by_id(given) {
        return Ok(payment_method::loose(books, card, call.now));
    }
    match books.payment_methods.living(given) {
        None => Err(ApiError::no_such("PaymentMethod", given, "payment_method", false)),
        Some(method) if !method["customer"].is_null() && method["customer"] != intent["customer"] => {
            let message = "The payment method you provided belongs to another customer than this setup intent.";
            Err(ApiError::invalid("payment_method", message))
        }
        Some(_) => Ok(given.to_owned()),
    }
}

fn found(books: &Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let intent = books.setup_intents.living(call.id()).cloned();
    intent.ok_or_else(|| ApiError::no_such("setupintent", call.id(), "intent", true))
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    found(books, call)
}

fn unexpected(intent: &Value, verb: &str) -> ApiError {
    let status = intent["status"].as_str().unwrap_or_default();
    let message = format!("You cannot {verb} this SetupIntent because it has a status of {status}.");
    ApiError::coded("setup_intent_unexpected_state", "", message)
}

fn is_open(intent: &Value) -> bool {
    !["succeeded", "canceled"].contains(&intent["status"].as_str().unwrap_or_default())
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut intent = found(books, call)?;
    let only_notes = call.params.keys().all(|key| ["description", "expand", "metadata"].contains(&key.as_str()));
    if !is_open(&intent) && !only_notes {
        return Err(unexpected(&intent, "update"));
    }
    write(books, call, &mut intent)?;
    books.update(intent.clone());
    Ok(intent)
}

fn confirm(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut intent = found(books, call)?;
    if !is_open(&intent) {
        return Err(unexpected(&intent, "confirm"));
    }
    if let Some(given) = call.text("payment_method") {
        intent["payment_method"] = json!(method(books, call, &intent, given)?);
    }
    confirmed(books, call, intent)
}

fn confirmed(books: &mut Books, call: &Call<'_>, mut intent: Value) -> Result<Value, ApiError> {
    let id = intent["payment_method"].as_str().unwrap_or_default();
    let Some(method) = books.payment_methods.living(id).cloned() else {
        let message = "You cannot confirm this SetupIntent because it's missing a payment method.";
        return Err(ApiError::coded("setup_intent_unexpected_state", "payment_method", message));
    };
    match cards::behaviour(books, &method) {
        Behaviour::Works | Behaviour::DeclinesCharges(_) => Ok(succeed(books, intent, method)),
        Behaviour::Declines(decline) => Err(fail(books, intent, &method, decline)),
        _ => {
            let action = match call.text("return_url") {
                None => json!({"type": "use_stripe_sdk", "use_stripe_sdk": {}}),
                Some(back) => {
                    let url =
                        format!("{}/3ds/{}", call.public_url, intent["client_secret"].as_str().unwrap_or_default());
                    json!({"type": "redirect_to_url", "redirect_to_url": {"return_url": back, "url": url}})
                }
            };
            intent["status"] = json!("requires_action");
            intent["next_action"] = action;
            intent["last_setup_error"] = Value::Null;
            books.transition(intent.clone(), &["setup_intent.requires_action"]);
            Ok(intent)
        }
    }
}

fn succeed(books: &mut Books, mut intent: Value, method: Value) -> Value {
    let customer = intent["customer"].as_str().unwrap_or_default().to_owned();
    if !customer.is_empty() && method["customer"].is_null() {
        payment_method::put(books, method, &customer, 0);
    }
    intent["status"] = json!("succeeded");
    intent["next_action"] = Value::Null;
    intent["last_setup_error"] = Value::Null;
    books.transition(intent.clone(), &["setup_intent.succeeded"]);
    intent
}

/// Back to the beginning, with the reason; the intent keeps it, so the refusal is to be kept too.
fn fail(books: &mut Books, mut intent: Value, method: &Value, decline: Decline) -> ApiError {
    let mut error = decline.error();
    let mut said = error.body()["error"].clone();
    said["payment_method"] = method.clone();
    intent["status"] = json!("requires_payment_method");
    intent["payment_method"] = Value::Null;
    intent["next_action"] = Value::Null;
    intent["last_setup_error"] = said;
    books.transition(intent, &["setup_intent.setup_failed"]);
    error.is_done = true;
    error
}

/// The end of the 3-D Secure challenge. `None` when the intent does not wait for one.
pub fn authenticated(books: &mut Books, id: &str, is_success: bool) -> Option<Result<Value, ApiError>> {
    let intent = books.setup_intents.living(id).filter(|intent| intent["status"] == "requires_action").cloned()?;
    let method = books.payment_methods.living(intent["payment_method"].as_str()?).cloned()?;
    if !is_success {
        return Some(Err(fail(books, intent, &method, NOT_AUTHENTICATED)));
    }
    // What was authenticated once may be charged later without the customer.
    books.set_up.insert_cow(method["id"].as_str().unwrap_or_default().to_owned());
    Some(Ok(succeed(books, intent, method)))
}

fn cancel(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut intent = found(books, call)?;
    if !is_open(&intent) {
        return Err(unexpected(&intent, "cancel"));
    }
    intent["status"] = json!("canceled");
    intent["cancellation_reason"] = call.or_null("cancellation_reason");
    intent["next_action"] = Value::Null;
    books.transition(intent.clone(), &["setup_intent.canceled"]);
    Ok(intent)
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    list::page(call, books.setup_intents.newest_first(), |intent| {
        ["customer", "payment_method"].iter().all(|key| call.text(key).is_none_or(|wanted| intent[*key] == wanted))
    })
}

//! Payment intents: from the wish for money to its arrival.

use serde_json::{Value, json};

use super::cards::{self, Behaviour, Decline};
use super::charge;
use crate::books::Books;
use crate::fields::Fields;

/// What became of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Succeeded,
    /// Authorized; the money waits to be captured.
    Authorized,
    /// The customer must pass 3-D Secure first.
    ActionRequired,
    Declined(Decline),
}

/// What to do when a card asks for 3-D Secure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnChallenge {
    /// Wait for the customer.
    Wait,
    /// Nobody is there: refuse.
    Decline,
}

/// A new intent, still without its own wishes.
pub fn make(
    books: &mut Books,
    amount: i64,
    currency: &str,
    customer: Option<&str>,
    description: Option<&str>,
) -> Value {
    let id = books.ids.object("pi");
    let client_secret = format!("{id}_secret_{}", books.ids.letters(24));
    let mut intent = json!({
        "id": id, "object": "payment_intent", "amount": amount, "amount_capturable": 0, "amount_details": {"tip": {}},
        "amount_received": 0, "application": null, "application_fee_amount": null, "automatic_payment_methods": null,
        "canceled_at": null, "cancellation_reason": null, "capture_method": "automatic",
        "client_secret": client_secret, "confirmation_method": "automatic", "created": 0, "currency": currency,
        "customer": customer, "customer_account": null, "description": description,
        "excluded_payment_method_types": null, "last_payment_error": null, "latest_charge": null, "livemode": false,
        "metadata": {}, "next_action": null, "on_behalf_of": null, "payment_method": null,
        "payment_method_configuration_details": null, "payment_method_options": {}, "payment_method_types": ["card"],
        "processing": null, "receipt_email": null, "review": null, "setup_future_usage": null, "shipping": null,
        "source": null, "statement_descriptor": null, "statement_descriptor_suffix": null,
        "status": "requires_payment_method", "transfer_data": null, "transfer_group": null,
    });
    intent["created"] = json!(books.now_of(&intent));
    intent
}

/// Asks a card for the money.
pub fn confirm(books: &mut Books, id: &str, method: &str, challenge: OnChallenge) -> Option<Outcome> {
    let mut intent = books.payment_intents.get(id)?.clone();
    let method = books.payment_methods.get(method)?.clone();
    intent["payment_method"] = method["id"].clone();
    Some(match cards::behaviour(books, &method) {
        Behaviour::Works => accept(books, intent, &method),
        Behaviour::Declines(decline) | Behaviour::DeclinesCharges(decline) => refuse(books, intent, &method, decline),
        _ if challenge == OnChallenge::Decline => refuse(books, intent, &method, cards::AUTHENTICATION),
        _ => ask(books, intent),
    })
}

/// The customer's answer to 3-D Secure. `None` when nothing was asked.
pub fn answer_challenge(books: &mut Books, id: &str, is_passed: bool) -> Option<Outcome> {
    let intent = books.payment_intents.get(id).filter(|intent| intent["status"] == "requires_action")?.clone();
    let method = books.payment_methods.get(intent.text("payment_method"))?.clone();
    Some(match cards::behaviour(books, &method) {
        _ if !is_passed => refuse(books, intent, &method, cards::NOT_AUTHENTICATED),
        Behaviour::AuthenticatesThenDeclines(decline) => refuse(books, intent, &method, decline),
        _ => accept(books, intent, &method),
    })
}

fn accept(books: &mut Books, mut intent: Value, method: &Value) -> Outcome {
    let is_captured = intent["capture_method"] != "manual";
    intent["latest_charge"] = json!(charge::make(books, &intent, method, None, is_captured));
    intent["last_payment_error"] = Value::Null;
    intent["next_action"] = Value::Null;
    if intent["setup_future_usage"].is_string() {
        books.set_up.insert_cow(method.id().to_owned());
    }
    if is_captured {
        intent["amount_received"] = intent["amount"].clone();
        intent["status"] = json!("succeeded");
        books.transition(intent, &["payment_intent.succeeded"]);
        return Outcome::Succeeded;
    }
    intent["amount_capturable"] = intent["amount"].clone();
    intent["status"] = json!("requires_capture");
    books.transition(intent, &["payment_intent.amount_capturable_updated"]);
    Outcome::Authorized
}

fn refuse(books: &mut Books, mut intent: Value, method: &Value, decline: Decline) -> Outcome {
    let charge = charge::make(books, &intent, method, Some(decline), false);
    let error = decline.error();
    let mut told = error.body()["error"].take();
    told["charge"] = json!(charge);
    intent["latest_charge"] = json!(charge);
    intent["last_payment_error"] = told;
    intent["next_action"] = Value::Null;
    intent["payment_method"] = Value::Null;
    intent["status"] = json!("requires_payment_method");
    books.transition(intent, &["payment_intent.payment_failed"]);
    Outcome::Declined(decline)
}

fn ask(books: &mut Books, mut intent: Value) -> Outcome {
    let url = format!("{}/3ds/{}", books.moment.public_url, intent.text("client_secret"));
    intent["next_action"] = json!({"type": "redirect_to_url", "redirect_to_url": {"return_url": null, "url": url}});
    intent["status"] = json!("requires_action");
    books.transition(intent, &["payment_intent.requires_action"]);
    Outcome::ActionRequired
}

/// Captures what was authorized, or a part of it; the rest is given free.
pub fn capture(books: &mut Books, mut intent: Value, amount: i64) -> Value {
    charge::capture(books, intent.text("latest_charge"), amount);
    intent["amount_received"] = json!(amount);
    intent["amount_capturable"] = json!(0);
    intent["status"] = json!("succeeded");
    books.transition(intent.clone(), &["payment_intent.succeeded"]);
    intent
}

/// Gives an intent up, unless it is over.
pub fn cancel(books: &mut Books, id: &str, reason: Option<&str>) {
    let Some(mut intent) = books.payment_intents.get(id).cloned() else {
        return;
    };
    if ["succeeded", "canceled"].contains(&intent.text("status")) {
        return;
    }
    intent["canceled_at"] = json!(books.now_of(&intent));
    intent["cancellation_reason"] = json!(reason);
    intent["amount_capturable"] = json!(0);
    intent["next_action"] = Value::Null;
    intent["status"] = json!("canceled");
    books.transition(intent, &["payment_intent.canceled"]);
}

//! Paying while somebody sits before a hosted page, where 3-D Secure can be answered.

use serde_json::{Map, Value, json};

use super::payment_method;
use super::typed_card::TypedCard;
use crate::billing::collect::Uncollected;
use crate::billing::settle::payment_of;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::{ApiError, ErrorType};
use crate::inside::Inside;
use crate::life::pay::{self, answer_challenge};
use crate::payments::cards::{Behaviour, by_id};

/// The code of a refusal that 3-D Secure can turn into a payment.
pub const AUTHENTICATION_REQUIRED: &str = "authentication_required";

fn authentication_required() -> ApiError {
    let message = "Your card was declined. This transaction requires authentication.";
    ApiError::new(402, ErrorType::Card, AUTHENTICATION_REQUIRED, message)
}

/// Whether a card can be saved now: its bank may want to be asked first.
///
/// # Errors
/// `authentication_required` when it does and was not.
pub fn check_saving(card: &TypedCard, is_authenticated: bool) -> Result<(), ApiError> {
    match by_id(&card.id).map(|known| known.behaviour) {
        Some(
            Behaviour::Authenticates | Behaviour::AuthenticatesUnlessSetUp | Behaviour::AuthenticatesThenDeclines(_),
        ) if !is_authenticated => Err(authentication_required()),
        _ => Ok(()),
    }
}

/// Sees to it that an invoice that was just made is paid.
///
/// # Errors
/// 402 with the reason when it is not; `authentication_required` when only 3-D Secure is missing.
pub fn settle(books: &mut Books, invoice: &str, is_authenticated: bool) -> Result<(), ApiError> {
    if books.invoices.get(invoice).is_none_or(|invoice| invoice.text("status") != "open") {
        return Ok(());
    }
    let intent = payment_of(books, invoice).map(|payment| payment["payment"].text("payment_intent").to_owned());
    pass(books, &intent.unwrap_or_default(), is_authenticated)
}

/// Answers the bank's question about a payment intent, if it has one.
fn pass(books: &mut Books, intent: &str, is_authenticated: bool) -> Result<(), ApiError> {
    let status =
        |books: &Books| books.payment_intents.get(intent).map_or("", |intent| intent.text("status")).to_owned();
    if status(books) == "requires_action" {
        if !is_authenticated {
            return Err(authentication_required());
        }
        answer_challenge(books, intent, true);
    }
    match status(books).as_str() {
        "succeeded" | "requires_capture" => Ok(()),
        _ => Err(refusal(books, intent)),
    }
}

/// Why an intent's last try failed.
fn refusal(books: &Books, intent: &str) -> ApiError {
    let why = books.payment_intents.get(intent).map_or(&Value::Null, |intent| &intent["last_payment_error"]);
    let message = why.maybe_text("message").unwrap_or("Your card was declined.");
    let mut error = ApiError::new(402, ErrorType::Card, why.maybe_text("code").unwrap_or("card_declined"), message);
    error.decline_code = why.maybe_text("decline_code").map(str::to_owned);
    error
}

/// How an attempt to pay an open invoice ended. It is kept in any case, as with Stripe.
#[derive(Debug)]
pub enum Tried {
    Paid,
    /// The bank asks first.
    Asked,
    Declined(ApiError),
}

/// Tries to pay an open invoice with a card of its customer.
///
/// # Errors
/// 400 when it can't be paid.
pub fn try_invoice(books: &mut Books, invoice: &str, method: &str) -> Result<Tried, ApiError> {
    Ok(match pay::pay_invoice(books, invoice, Some(method))? {
        (_, None) => Tried::Paid,
        (_, Some(Uncollected::ActionRequired)) => Tried::Asked,
        (_, Some(why)) => Tried::Declined(why.error()),
    })
}

/// The payment intent of an invoice while its bank waits for an answer.
pub fn asked_intent<'b>(books: &'b Books, invoice: &str) -> Option<&'b Value> {
    let payment = payment_of(books, invoice)?;
    let intent = books.payment_intents.get(payment["payment"].text("payment_intent"))?;
    (intent.text("status") == "requires_action").then_some(intent)
}

/// Gives the bank's question about an invoice its answer.
pub fn answer_for_invoice(books: &mut Books, invoice: &str, is_right: bool) -> Tried {
    let Some(intent) = asked_intent(books, invoice).map(|intent| intent.id().to_owned()) else {
        let is_paid = books.invoices.get(invoice).is_some_and(|invoice| invoice.text("status") == "paid");
        return if is_paid { Tried::Paid } else { Tried::Declined(refusal(books, "")) };
    };
    answer_challenge(books, &intent, is_right);
    match books.payment_intents.get(&intent).map_or("", |intent| intent.text("status")) {
        "succeeded" | "requires_capture" => Tried::Paid,
        _ => Tried::Declined(refusal(books, &intent)),
    }
}

/// Pays once, without an invoice, and returns the payment intent's id.
///
/// # Errors
/// As [`settle`].
pub fn pay_once(
    books: &mut Books,
    mut params: Map<String, Value>,
    card: &TypedCard,
    email: Option<&str>,
    now: i64,
    is_authenticated: bool,
) -> Result<String, ApiError> {
    let mut method = payment_method::prepare_any(books, &card.id, "payment_method")?;
    card.write(&mut method, email);
    let id = books.ids.object("pm");
    method["id"] = json!(id);
    method["created"] = json!(now);
    books.store(&method);
    params.insert("payment_method".into(), json!(id));
    let made = Inside { books }.ask("POST", "/v1/payment_intents", params)?;
    Inside { books }.post(&format!("/v1/payment_intents/{}/confirm", made.id()), json!({}))?;
    pass(books, made.id(), is_authenticated)?;
    Ok(made.id().to_owned())
}

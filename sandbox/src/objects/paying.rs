//! Paying while somebody sits before a hosted page, where 3-D Secure can be answered.

use serde_json::{Map, Value, json};

use super::typed_card::TypedCard;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::{ApiError, ErrorType};
use crate::inside::Inside;

/// The code of a refusal that 3-D Secure can turn into a payment.
pub const AUTHENTICATION_REQUIRED: &str = "authentication_required";

/// Test cards whose bank wants to be asked when they are saved.
const ASK_WHEN_SAVED: [&str; 4] = [
    "pm_card_authenticationRequired",
    "pm_card_authenticationRequiredOnSetup",
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
    "pm_card_threeDSecure2Required",
];

/// Whether a card can be saved now.
///
/// # Errors
/// `authentication_required` for cards whose bank wants to be asked first.
pub fn check_saving(card: &TypedCard, is_authenticated: bool) -> Result<(), ApiError> {
    if !is_authenticated && ASK_WHEN_SAVED.contains(&card.id.as_str()) {
        return Err(authentication_required());
    }
    Ok(())
}

fn authentication_required() -> ApiError {
    let message = "Your card was declined. This transaction requires authentication.";
    ApiError::new(402, ErrorType::Card, AUTHENTICATION_REQUIRED, message)
}

/// Sees to it that an invoice that was just made is paid.
///
/// # Errors
/// 402 with the reason when it is not; `authentication_required` when only 3-D Secure is missing.
pub fn settle(books: &mut Books, invoice: &str, _is_authenticated: bool) -> Result<(), ApiError> {
    match books.invoices.get(invoice).map_or("", |invoice| invoice.text("status")) {
        "open" => Err(ApiError::new(402, ErrorType::Card, "card_declined", "Your card was declined.")),
        _ => Ok(()),
    }
}

/// Pays an open invoice with a card of its customer.
///
/// # Errors
/// As [`settle`].
pub fn pay_invoice(books: &mut Books, invoice: &str, method: &str, is_authenticated: bool) -> Result<(), ApiError> {
    let now = books.invoices.get(invoice).map_or(0, |invoice| books.now_of(invoice));
    let params = json!({"payment_method": method});
    Inside { books, now }.post(&format!("/v1/invoices/{invoice}/pay"), params)?;
    settle(books, invoice, is_authenticated)
}

/// Pays once, without an invoice, and returns the payment intent's id.
///
/// # Errors
/// As [`settle`].
pub fn pay_once(
    books: &mut Books,
    mut params: Map<String, Value>,
    card: &TypedCard,
    now: i64,
    is_authenticated: bool,
) -> Result<String, ApiError> {
    let _ = is_authenticated;
    params.insert("payment_method".into(), json!(card.id));
    params.insert("confirm".into(), json!(true));
    let made = Inside { books, now }.ask("POST", "/v1/payment_intents", params)?;
    Ok(made.id().to_owned())
}

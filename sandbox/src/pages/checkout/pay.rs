//! What a post to the checkout page does: pay, or put a promotion code on or off.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value;

use super::page::{Said, Shown, asks_for_card, known_email};
use super::{forged, open, promotion, to_success};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::memory::Sandbox;
use crate::objects::checkout_completion::{Attempt, Buyer, complete, wait};
use crate::objects::paying::AUTHENTICATION_REQUIRED;
use crate::pages::hosted::acting::{Failed, act, look};
use crate::pages::hosted::card_fields::{Wrong, read};
use crate::pages::hosted::frame::see_other;
use crate::pages::hosted::posted::Posted;

/// `POST /c/pay/{session}`.
pub async fn submit(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(posted) = Posted::read(&headers, &body, &id) else {
        return forged();
    };
    match posted.text("act") {
        "apply-code" => promotion::apply(&sandbox, &id, &posted).await,
        "remove-code" => promotion::remove(&sandbox, &id).await,
        _ => pay(&sandbox, &id, &posted).await,
    }
}

async fn pay(sandbox: &Arc<Sandbox>, id: &str, posted: &Posted) -> Response {
    let books = look(sandbox);
    if let Some(done) = is_complete(&books, id) {
        // Sent twice: the second time leads where the first did.
        return to_success(done);
    }
    let session = match open(&books, id) {
        Ok(session) => session,
        Err(instead) => return *instead,
    };
    let mut wrong = Wrong::new();
    let Some(buyer) = buyer(&books, session, posted, &mut wrong) else {
        return Shown { books: &books, session, typed: Some(posted), wrong: &wrong, said: Said::default() }.page();
    };
    match act(sandbox, |books| complete(books, id, &buyer, false)).await {
        Ok(Attempt::Complete(session) | Attempt::WasComplete(session)) => to_success(&session),
        Err(Failed::Refused(error)) if error.code.as_deref() == Some(AUTHENTICATION_REQUIRED) => {
            match act(sandbox, |books| Ok(wait(books, id, buyer))).await {
                Ok(_) => see_other(&format!("/c/pay/{id}/authenticate")),
                Err(failed) => failed.page(),
            }
        }
        Err(Failed::Refused(error)) => declined(sandbox, id, posted, &error),
        Err(failed) => failed.page(),
    }
}

fn is_complete<'b>(books: &'b Books, id: &str) -> Option<&'b Value> {
    books.checkout_sessions.get(id).filter(|session| session.text("status") == "complete")
}

fn buyer(books: &Books, session: &Value, posted: &Posted, wrong: &mut Wrong) -> Option<Buyer> {
    let email = match known_email(books, session) {
        Some(known) => known.to_owned(),
        None => posted.text("email").to_owned(),
    };
    let is_address = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if !is_address || email.chars().any(char::is_whitespace) {
        wrong.insert("email", "Enter an e-mail address like you@example.com.".to_owned());
    }
    let order = books.checkout_orders.get(session.id())?;
    let card = if asks_for_card(books, session, order) { read(posted, books.now_of(session), wrong) } else { None };
    wrong.is_empty().then_some(Buyer { email: Some(email), card })
}

/// The page again, saying why; the card's fields are empty.
fn declined(sandbox: &Sandbox, id: &str, posted: &Posted, error: &ApiError) -> Response {
    if error.status != 402 {
        return Failed::Refused(error.clone()).page();
    }
    let books = look(sandbox);
    match open(&books, id) {
        Ok(session) => {
            let said = Said { declined: Some(in_words(error)), ..Said::default() };
            Shown { books: &books, session, typed: Some(posted), wrong: &Wrong::new(), said }.page()
        }
        Err(instead) => *instead,
    }
}

/// What people read when a card is refused.
pub fn in_words(error: &ApiError) -> String {
    let why = match (error.code.as_deref().unwrap_or_default(), error.decline_code.as_deref().unwrap_or_default()) {
        (_, "insufficient_funds") => "Your card has insufficient funds.",
        ("expired_card", _) => "Your card has expired.",
        ("incorrect_cvc", _) => "Your card's security code is incorrect.",
        ("processing_error", _) => "Your card could not be processed just now.",
        ("payment_intent_authentication_failure" | "setup_intent_authentication_failure", _) => {
            "Your bank could not confirm that it was you."
        }
        _ => "Your card was declined.",
    };
    format!("{why} Nothing was charged. Try again or use another card.")
}

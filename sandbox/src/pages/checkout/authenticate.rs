//! 3-D Secure: the page where the bank asks whether it is really you.
//!
//! What must hold: only the newest attempt of a session can be confirmed, and once. A second tab
//! that starts another payment makes the first one's question void.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::html;
use serde_json::Value;

use super::page::{Said, Shown};
use super::pay::in_words;
use super::{forged, open, to_itself, to_success};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::{ApiError, ErrorType};
use crate::memory::Sandbox;
use crate::objects::checkout_completion::{Attempt, Waiting, complete, give_up, waiting};
use crate::pages::hosted::acting::{Failed, act, look};
use crate::pages::hosted::card_fields::Wrong;
use crate::pages::hosted::frame::{Frame, notice};
use crate::pages::hosted::posted::Posted;
use crate::pages::three_d_secure;

/// `GET /c/pay/{session}/authenticate`.
pub async fn show(State(sandbox): State<Arc<Sandbox>>, Path(id): Path<String>) -> Response {
    let books = look(&sandbox);
    let session = match open(&books, &id) {
        Ok(session) => session,
        Err(instead) => return *instead,
    };
    match books.checkout_attempts.get(&id) {
        Some(waiting) => question(&books, session, waiting),
        None => to_itself(&id),
    }
}

fn question(books: &Books, session: &Value, waiting: &Waiting) -> Response {
    let order = books.checkout_orders.get(session.id());
    let due = order.map_or(0, |order| order.due(books, books.now_of(session)).total());
    let address = format!("/c/pay/{}/authenticate", session.id());
    let inside = html! {
        main.frame.narrow {
            (three_d_secure::question(&address, session.id(), &three_d_secure::attempt(&waiting.number), due, session.text("currency")))
        }
    };
    let leads_to = vec![session.text("success_url")];
    Frame { status: StatusCode::OK, title: "Confirm with your bank", leads_to }.around(&inside)
}

/// `POST /c/pay/{session}/authenticate`.
pub async fn answer(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(posted) = Posted::read(&headers, &body, &id) else {
        return forged();
    };
    let (attempt, is_right) = (posted.text("attempt"), posted.text("act") == "complete");
    match act(&sandbox, |books| confirm(books, &id, attempt, is_right)).await {
        Ok(Confirmed::Done(session)) => to_success(&session),
        Ok(Confirmed::Void) => void(&id),
        Err(Failed::Refused(error)) if error.status == 402 => {
            // The attempt is over: a reload must not ask again.
            let ended = act(&sandbox, |books| {
                give_up(books, &id, attempt);
                Ok(())
            });
            match ended.await {
                Ok(()) => again(&sandbox, &id, &error),
                Err(failed) => failed.page(),
            }
        }
        Err(failed) => failed.page(),
    }
}

enum Confirmed {
    Done(Value),
    /// Another attempt took its place.
    Void,
}

fn confirm(books: &mut Books, id: &str, attempt: &str, is_right: bool) -> Result<Confirmed, ApiError> {
    let done = books.checkout_sessions.get(id).filter(|session| session.text("status") == "complete");
    if let Some(done) = done {
        return Ok(Confirmed::Done(done.clone()));
    }
    let Some(waiting) = waiting(books, id, attempt) else {
        return Ok(Confirmed::Void);
    };
    if !is_right {
        let code = "payment_intent_authentication_failure";
        return Err(ApiError::new(402, ErrorType::Card, code, "We are unable to authenticate your payment method."));
    }
    match complete(books, id, &waiting.buyer, true)? {
        Attempt::Complete(session) | Attempt::WasComplete(session) => Ok(Confirmed::Done(session)),
    }
}

fn again(sandbox: &Sandbox, id: &str, error: &ApiError) -> Response {
    let books = look(sandbox);
    match open(&books, id) {
        Ok(session) => {
            let said = Said { declined: Some(in_words(error)), ..Said::default() };
            Shown { books: &books, session, typed: None, wrong: &Wrong::new(), said }.page()
        }
        Err(instead) => *instead,
    }
}

fn void(id: &str) -> Response {
    let text = "Another attempt to pay was started since, perhaps in another tab. This one was not charged.";
    let address = format!("/c/pay/{id}");
    notice(StatusCode::CONFLICT, "This question is out of date", text, Some((&address, "Back to checkout")))
}

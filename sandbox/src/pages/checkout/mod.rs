//! The hosted checkout page: `/c/pay/{session}`.
//!
//! What must hold: however often and from however many tabs a form is sent, a session is paid
//! once; a card that is declined can be replaced on the same page; nothing typed as a card's
//! number is shown again.

mod authenticate;
mod order;
mod page;
mod pay;
mod promotion;

pub use authenticate::{answer as authenticate_answer, show as authenticate};
pub use pay::{in_words as declined_in_words, submit};

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::hosted::acting::look;
use super::hosted::card_fields::Wrong;
use super::hosted::frame::{notice, see_other};
use crate::books::Books;
use crate::fields::Fields;
use crate::memory::Sandbox;
use page::{Said, Shown};

/// `GET /c/pay/{session}`.
pub async fn show(State(sandbox): State<Arc<Sandbox>>, Path(id): Path<String>) -> Response {
    let books = look(&sandbox);
    match open(&books, &id) {
        Ok(session) => {
            Shown { books: &books, session, typed: None, wrong: &Wrong::new(), said: Said::default() }.page()
        }
        Err(instead) => *instead,
    }
}

/// The session while it is open, else the page that says what became of it.
fn open<'b>(books: &'b Books, id: &str) -> Result<&'b Value, Box<Response>> {
    let Some(session) = books.checkout_sessions.get(id) else {
        let text = "There is no checkout at this address. Go back to the website and start again.";
        return Err(Box::new(notice(StatusCode::NOT_FOUND, "Page not found", text, None)));
    };
    match session.text("status") {
        "open" => Ok(session),
        "complete" => Err(Box::new(completed(session))),
        _ => Err(Box::new(expired(session))),
    }
}

fn completed(session: &Value) -> Response {
    let text = match session.text("mode") {
        "setup" => "Your card was saved. There is nothing more to do here.",
        "subscription" => "Your subscription has started. There is nothing more to do here.",
        _ => "Your payment went through. There is nothing more to do here.",
    };
    let on = success_address(session);
    notice(StatusCode::OK, "You're all done", text, Some((&on, "Continue to the website")))
}

fn expired(session: &Value) -> Response {
    let text = "This checkout was open for too long, or was closed. Nothing was charged.";
    let back = session.maybe_text("cancel_url").map(|url| (url, "Return to the website"));
    notice(StatusCode::GONE, "This checkout has expired", text, back)
}

/// Where a completed session leads.
fn success_address(session: &Value) -> String {
    session.text("success_url").replace("{CHECKOUT_SESSION_ID}", session.id())
}

fn to_success(session: &Value) -> Response {
    see_other(&success_address(session))
}

fn to_itself(id: &str) -> Response {
    see_other(&format!("/c/pay/{id}"))
}

fn forged() -> Response {
    let text = "This form did not come from this page. Open the page again and retry.";
    notice(StatusCode::FORBIDDEN, "Not accepted", text, None)
}

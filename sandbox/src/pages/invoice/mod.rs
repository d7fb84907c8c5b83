//! The hosted page of an invoice: `/i/{secret}`. To read, to print, and to pay while it is open.
//!
//! What must hold: an invoice is paid once, however many tabs send the form; a card that is
//! declined leaves nothing behind.

mod page;
mod pay;

pub use pay::{answer as authenticate_answer, show as authenticate, submit};

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::hosted::acting::look;
use super::hosted::card_fields::Wrong;
use super::hosted::frame::notice;
use crate::memory::Sandbox;
use crate::objects::invoice_page::behind;
use page::Shown;

/// `GET /i/{secret}`.
pub async fn show(State(sandbox): State<Arc<Sandbox>>, Path(secret): Path<String>) -> Response {
    let books = look(&sandbox);
    match behind(&books, &secret) {
        Some(invoice) => {
            Shown { books: &books, secret: &secret, invoice, typed: None, wrong: &Wrong::new(), declined: None }.page()
        }
        None => unknown(),
    }
}

fn unknown() -> Response {
    notice(StatusCode::NOT_FOUND, "Page not found", "There is no invoice at this address.", None)
}

//! Paying an open invoice, with the saved card or with another one.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::html;

use super::page::{Shown, saved_card};
use super::unknown;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::memory::Sandbox;
use crate::objects::invoice_page::behind;
use crate::objects::paying::{Tried, answer_for_invoice, asked_intent, try_invoice};
use crate::objects::typed_card::TypedCard;
use crate::pages::checkout::declined_in_words;
use crate::pages::hosted::acting::{Failed, act, look, ready};
use crate::pages::hosted::card_fields::{Wrong, read};
use crate::pages::hosted::frame::{Frame, notice, see_other};
use crate::pages::hosted::posted::Posted;
use crate::pages::three_d_secure;

/// `POST /i/{secret}`.
pub async fn submit(
    State(sandbox): State<Arc<Sandbox>>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(posted) = Posted::read(&headers, &body, &secret) else {
        return forged();
    };
    let books = look(&sandbox);
    let Some(invoice) = behind(&books, &secret) else {
        return unknown();
    };
    let mut card = None;
    if posted.text("act") != "saved" {
        let mut wrong = Wrong::new();
        card = read(&posted, books.now_of(invoice), &mut wrong);
        if card.is_none() {
            let typed = Some(&posted);
            return Shown { books: &books, secret: &secret, invoice, typed, wrong: &wrong, declined: None }.page();
        }
    }
    let tried = act(&sandbox, |books| pay(books, &secret, card.as_ref())).await;
    after(&sandbox, &secret, tried)
}

/// Tries to pay the invoice, unless it is paid already.
fn pay(books: &mut Books, secret: &str, card: Option<&TypedCard>) -> Result<Tried, ApiError> {
    let gone = || ApiError::invalid("", "This invoice is no longer there.");
    let invoice = behind(books, secret).cloned().ok_or_else(gone)?;
    match invoice.text("status") {
        "open" | "uncollectible" => {}
        "paid" => return Ok(Tried::Paid),
        _ => return Err(ApiError::invalid("", "This invoice can no longer be paid.")),
    }
    ready(books, &invoice)?;
    let now = books.now_of(&invoice);
    let method = match card {
        Some(card) => {
            let email = invoice.maybe_text("customer_email").map(str::to_owned);
            card.attach(books, invoice.text("customer"), email.as_deref(), now)?.id().to_owned()
        }
        None => saved_card(books, &invoice).map(|method| method.id().to_owned()).ok_or_else(gone)?,
    };
    try_invoice(books, invoice.id(), &method)
}

fn after(sandbox: &Sandbox, secret: &str, tried: Result<Tried, Failed>) -> Response {
    match tried {
        Ok(Tried::Paid) => see_other(&format!("/i/{secret}")),
        Ok(Tried::Asked) => see_other(&format!("/i/{secret}/authenticate")),
        Ok(Tried::Declined(error)) => declined(sandbox, secret, &error),
        Err(Failed::Refused(error)) if error.status == 402 => declined(sandbox, secret, &error),
        Err(failed) => failed.page(),
    }
}

fn declined(sandbox: &Sandbox, secret: &str, error: &ApiError) -> Response {
    let books = look(sandbox);
    match behind(&books, secret) {
        Some(invoice) => {
            let declined = Some(declined_in_words(error));
            Shown { books: &books, secret, invoice, typed: None, wrong: &Wrong::new(), declined }.page()
        }
        None => unknown(),
    }
}

/// `GET /i/{secret}/authenticate`.
pub async fn show(State(sandbox): State<Arc<Sandbox>>, Path(secret): Path<String>) -> Response {
    let books = look(&sandbox);
    let Some(invoice) = behind(&books, &secret) else {
        return unknown();
    };
    let Some(intent) = asked_intent(&books, invoice.id()) else {
        return see_other(&format!("/i/{secret}"));
    };
    let address = format!("/i/{secret}/authenticate");
    let inside = html! {
        main.frame.narrow {
            (three_d_secure::question(&address, &secret, &html! {}, intent.int("amount"), intent.text("currency")))
        }
    };
    Frame { status: StatusCode::OK, title: "Confirm with your bank", leads_to: Vec::new() }.around(&inside)
}

/// `POST /i/{secret}/authenticate`.
pub async fn answer(
    State(sandbox): State<Arc<Sandbox>>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(posted) = Posted::read(&headers, &body, &secret) else {
        return forged();
    };
    let is_right = posted.text("act") == "complete";
    let answered = act(&sandbox, |books| {
        let id = behind(books, &secret).map(|invoice| invoice.id().to_owned());
        let id = id.ok_or_else(|| ApiError::invalid("", "This invoice is no longer there."))?;
        let invoice = books.invoices.get(&id).cloned().unwrap_or_default();
        ready(books, &invoice)?;
        Ok(answer_for_invoice(books, &id, is_right))
    });
    after(&sandbox, &secret, answered.await)
}

fn forged() -> Response {
    let text = "This form did not come from this page. Open the page again and retry.";
    notice(StatusCode::FORBIDDEN, "Not accepted", text, None)
}

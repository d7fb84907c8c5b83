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
use crate::http::errors::{ApiError, ErrorType};
use crate::memory::Sandbox;
use crate::objects::checkout_completion::{Buyer, give_up, wait, waiting};
use crate::objects::invoice_page::behind;
use crate::objects::paying::{AUTHENTICATION_REQUIRED, pay_invoice};
use crate::objects::typed_card::TypedCard;
use crate::pages::checkout::declined_in_words;
use crate::pages::hosted::acting::{Failed, act, look};
use crate::pages::hosted::card_fields::{Wrong, read};
use crate::pages::hosted::frame::{Frame, notice, see_other};
use crate::pages::hosted::posted::{Posted, token_field};
use crate::pages::hosted::words;

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
    match act(&sandbox, |books| pay(books, &secret, card.as_ref(), false)).await {
        Ok(()) => see_other(&format!("/i/{secret}")),
        Err(Failed::Refused(error)) if error.code.as_deref() == Some(AUTHENTICATION_REQUIRED) => {
            match act(&sandbox, |books| Ok(wait(books, &secret, Buyer { email: None, card }))).await {
                Ok(_) => see_other(&format!("/i/{secret}/authenticate")),
                Err(failed) => failed.page(),
            }
        }
        Err(Failed::Refused(error)) if error.status == 402 => declined(&sandbox, &secret, &error),
        Err(failed) => failed.page(),
    }
}

/// Pays the invoice unless it is paid already.
fn pay(books: &mut Books, secret: &str, card: Option<&TypedCard>, is_authenticated: bool) -> Result<(), ApiError> {
    let gone = || ApiError::invalid("", "This invoice is no longer there.");
    let invoice = behind(books, secret).cloned().ok_or_else(gone)?;
    match invoice.text("status") {
        "open" => {}
        "paid" => return Ok(()),
        _ => return Err(ApiError::invalid("", "This invoice can no longer be paid.")),
    }
    let now = books.now_of(&invoice);
    let method = match card {
        Some(card) => {
            let email = invoice.maybe_text("customer_email").map(str::to_owned);
            card.attach(books, invoice.text("customer"), email.as_deref(), now)?.id().to_owned()
        }
        None => saved_card(books, &invoice).map(|method| method.id().to_owned()).ok_or_else(gone)?,
    };
    pay_invoice(books, invoice.id(), &method, is_authenticated)
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
    let Some(waiting) = books.checkout_attempts.get(secret.as_str()).filter(|_| invoice.text("status") == "open")
    else {
        return see_other(&format!("/i/{secret}"));
    };
    let inside = html! {
        main.frame.narrow data-testid="authenticate" {
            div.sheet {
                p.soft { "3-D Secure" }
                h1 { "Is it you?" }
                p { "Your bank asks you to confirm a payment of "
                    strong { (words::amount(invoice.int("amount_remaining"), invoice.text("currency"))) } "." }
                form.row method="post" action=(format!("/i/{secret}/authenticate")) {
                    (token_field(&secret))
                    input type="hidden" name="attempt" value=(waiting.number);
                    button name="act" value="complete" { "Complete" }
                    button.plain name="act" value="fail" { "Fail" }
                }
                p.hint { "A page of the sandbox: “Complete” stands for a right answer to the bank, “Fail” for a wrong one." }
            }
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
    let (attempt, is_right) = (posted.text("attempt"), posted.text("act") == "complete");
    let answered = act(&sandbox, |books| {
        let Some(waiting) = waiting(books, &secret, attempt).filter(|_| is_right) else {
            give_up(books, &secret, attempt);
            return Ok(is_right);
        };
        pay(books, &secret, waiting.buyer.card.as_ref(), true)?;
        give_up(books, &secret, attempt);
        Ok(true)
    });
    match answered.await {
        Ok(true) => see_other(&format!("/i/{secret}")),
        Ok(false) => {
            let code = "payment_intent_authentication_failure";
            declined(&sandbox, &secret, &ApiError::new(402, ErrorType::Card, code, ""))
        }
        Err(Failed::Refused(error)) if error.status == 402 => declined(&sandbox, &secret, &error),
        Err(failed) => failed.page(),
    }
}

fn forged() -> Response {
    let text = "This form did not come from this page. Open the page again and retry.";
    notice(StatusCode::FORBIDDEN, "Not accepted", text, None)
}

//! 3-D Secure for payment and setup intents made by the API: `/3ds/{client secret}`, where
//! `next_action.redirect_to_url.url` leads.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;
use url::Url;

use super::hosted::acting::{act, look, ready};
use super::hosted::frame::{Frame, notice, see_other};
use super::hosted::posted::{Posted, token_field};
use super::hosted::words;
use crate::books::Books;
use crate::fields::Fields;
use crate::life::pay::answer_challenge;
use crate::memory::Sandbox;
use crate::objects::setup_intent;

/// `GET /3ds/{client secret}`.
pub async fn show(State(sandbox): State<Arc<Sandbox>>, Path(secret): Path<String>) -> Response {
    let books = look(&sandbox);
    let Some(intent) = behind(&books, &secret) else {
        return notice(StatusCode::NOT_FOUND, "Page not found", "There is no payment at this address.", None);
    };
    if intent.text("status") != "requires_action" {
        return over(intent);
    }
    let inside = html! {
        main.frame.narrow {
            (question(&format!("/3ds/{secret}"), &secret, &html! {}, intent.int("amount"), intent.text("currency")))
        }
    };
    let leads_to = intent["next_action"]["redirect_to_url"].maybe_text("return_url").into_iter().collect();
    Frame { status: StatusCode::OK, title: "Confirm with your bank", leads_to }.around(&inside)
}

/// The bank's question: what every 3-D Secure page shows. `carried` are the hidden fields that say
/// what is answered; nothing is due where a card is saved.
pub fn question(address: &str, secret: &str, carried: &Markup, due: i64, currency: &str) -> Markup {
    html! {
        div.sheet data-testid="authenticate" {
            p.soft { "3-D Secure" }
            h1 { "Is it you?" }
            p {
                "Your bank asks you to confirm "
                @if due > 0 { "a payment of " strong { (words::amount(due, currency)) } "." }
                @else { "that your card is saved." }
            }
            form.row method="post" action=(address) {
                (token_field(secret))
                (carried)
                button name="act" value="complete" { "Complete" }
                button.plain name="act" value="fail" { "Fail" }
            }
            p.hint { "A page of the sandbox: “Complete” stands for a right answer to the bank, “Fail” for a wrong one." }
        }
    }
}

/// The hidden field that names an attempt.
pub fn attempt(number: &str) -> Markup {
    html! { input type="hidden" name="attempt" value=(number); }
}

/// `POST /3ds/{client secret}`.
pub async fn answer(
    State(sandbox): State<Arc<Sandbox>>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(posted) = Posted::read(&headers, &body, &secret) else {
        let text = "This form did not come from this page. Open the page again and retry.";
        return notice(StatusCode::FORBIDDEN, "Not accepted", text, None);
    };
    let books = look(&sandbox);
    let Some(before) = behind(&books, &secret) else {
        return notice(StatusCode::NOT_FOUND, "Page not found", "There is no payment at this address.", None);
    };
    let (id, is_right) = (before.id().to_owned(), posted.text("act") == "complete");
    let answered = act(&sandbox, |books| {
        let intent = books.any(&id).cloned().unwrap_or_default();
        ready(books, &intent)?;
        if intent.text("object") == "setup_intent" {
            // A wrong answer is a refusal there; it is kept on the intent.
            let _ = setup_intent::authenticated(books, &id, is_right);
        } else {
            answer_challenge(books, &id, is_right);
        }
        Ok(books.any(&id).cloned().unwrap_or_default())
    });
    let intent = match answered.await {
        Ok(intent) => intent,
        Err(failed) => return failed.page(),
    };
    match before["next_action"]["redirect_to_url"].maybe_text("return_url").and_then(|url| back(url, &intent)) {
        Some(address) => see_other(&address),
        None => over(&intent),
    }
}

fn behind<'b>(books: &'b Books, secret: &str) -> Option<&'b Value> {
    let id = secret.split_once("_secret_")?.0;
    let is_intent = |found: &&Value| ["payment_intent", "setup_intent"].contains(&found.text("object"));
    books.any(id).filter(is_intent).filter(|intent| intent.text("client_secret") == secret)
}

/// The return address, with what Stripe adds to it.
fn back(address: &str, intent: &Value) -> Option<String> {
    let mut url = Url::parse(address).ok()?;
    let kind = intent.text("object");
    let status = if intent.text("status") == "succeeded" { "succeeded" } else { "failed" };
    url.query_pairs_mut()
        .append_pair(kind, intent.id())
        .append_pair(&format!("{kind}_client_secret"), intent.text("client_secret"))
        .append_pair("redirect_status", status);
    Some(url.into())
}

fn over(intent: &Value) -> Response {
    let text = match intent.text("status") {
        "succeeded" | "requires_capture" => "It was confirmed. You can close this page.",
        _ => "It was not confirmed. You can close this page.",
    };
    notice(StatusCode::OK, "Answered", text, None)
}

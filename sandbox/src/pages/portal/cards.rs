//! Payment methods in the portal: add, make the default, remove.
//!
//! Accepted: a card that is sent twice is saved twice, as with Stripe.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::html;
use serde_json::{Value, json};

use super::parts::{alert, step};
use super::visitor::{Feature, Instead, Visitor, is_alive, own};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::{ApiError, ErrorType};
use crate::inside::Inside;
use crate::memory::Sandbox;
use crate::objects::checkout_completion::{Buyer, give_up, wait, waiting};
use crate::objects::paying::{AUTHENTICATION_REQUIRED, check_saving};
use crate::objects::typed_card::TypedCard;
use crate::pages::checkout::declined_in_words;
use crate::pages::hosted::acting::{Failed, act};
use crate::pages::hosted::card_fields::{Wrong, fields, read, test_cards};
use crate::pages::hosted::frame::{Frame, see_other};
use crate::pages::hosted::posted::{Posted, token_field};
use crate::pages::three_d_secure;

/// `GET …/payment-methods/add`.
pub async fn show(State(sandbox): State<Arc<Sandbox>>, Path(secret): Path<String>) -> Response {
    let shown = async {
        let visitor = Visitor::enter(&sandbox, &secret).await?;
        visitor.needs(Feature::PaymentMethodUpdate)?;
        Ok(page(&visitor, None, &Wrong::new(), None))
    };
    shown.await.unwrap_or_else(|instead: Instead| *instead)
}

fn page(visitor: &Visitor, typed: Option<&Posted>, wrong: &Wrong, declined: Option<&str>) -> Response {
    let status = match (declined, wrong.is_empty()) {
        (Some(_), _) => StatusCode::PAYMENT_REQUIRED,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, true) => StatusCode::OK,
    };
    let inside = html! {
        form.stack.loose method="post" action=(visitor.at("payment-methods/add")) {
            (token_field(&visitor.secret))
            (alert(declined.or((!wrong.is_empty()).then_some("Please check the fields below."))))
            div.stack { (fields(typed, wrong)) }
            p.hint { "The card becomes the one that your plan is charged to." }
            div.row {
                button data-testid="save-card" { "Save card" }
                @if visitor.flow.is_none() { a.button.plain href=(visitor.at("")) { "Go back" } }
            }
        }
        (test_cards())
    };
    step(visitor, status, "Add payment method", &inside)
}

/// `POST …/payment-methods/add`.
pub async fn submit(
    State(sandbox): State<Arc<Sandbox>>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let done = async {
        let (visitor, posted) = Visitor::posting(&sandbox, &secret, &headers, &body).await?;
        visitor.needs(Feature::PaymentMethodUpdate)?;
        let mut wrong = Wrong::new();
        let Some(card) = read(&posted, visitor.now(), &mut wrong) else {
            return Ok(page(&visitor, Some(&posted), &wrong, None));
        };
        Ok(match act(&sandbox, |books| save(books, &visitor, &card, false)).await {
            Ok(()) => visitor.done(&sandbox).await,
            Err(Failed::Refused(error)) if error.code.as_deref() == Some(AUTHENTICATION_REQUIRED) => {
                let buyer = Buyer { email: None, card: Some(card) };
                match act(&sandbox, |books| Ok(wait(books, &secret, buyer))).await {
                    Ok(_) => see_other(&visitor.at("payment-methods/authenticate")),
                    Err(failed) => failed.page(),
                }
            }
            Err(Failed::Refused(error)) if error.status == 402 => {
                page(&visitor, Some(&posted), &Wrong::new(), Some(&declined_in_words(&error)))
            }
            Err(failed) => failed.page(),
        })
    };
    done.await.unwrap_or_else(|instead: Instead| *instead)
}

/// Attaches the card and makes it the one that is charged.
fn save(books: &mut Books, visitor: &Visitor, card: &TypedCard, is_authenticated: bool) -> Result<(), ApiError> {
    let customer = &visitor.customer;
    let now = books.now_of(customer);
    check_saving(card, is_authenticated)?;
    let email = customer.maybe_text("email");
    let method = if is_authenticated {
        card.attach_authenticated(books, customer.id(), email, now)?
    } else {
        card.attach(books, customer.id(), email, now)?
    };
    charge_with(books, customer, method.id())
}

/// Makes a card the default of the customer, and of the subscriptions that name another one.
fn charge_with(books: &mut Books, customer: &Value, method: &str) -> Result<(), ApiError> {
    let params = json!({"invoice_settings": {"default_payment_method": method}});
    Inside { books }.post(&format!("/v1/customers/{}", customer.id()), params)?;
    let named = |s: &&Value| is_alive(s) && s.maybe_text("default_payment_method").is_some_and(|held| held != method);
    let subscriptions = books.subscriptions.of_customer(customer.id()).filter(named);
    let subscriptions: Vec<String> = subscriptions.map(|subscription| subscription.id().to_owned()).collect();
    for id in subscriptions {
        let params = json!({"default_payment_method": method});
        Inside { books }.post(&format!("/v1/subscriptions/{id}"), params)?;
    }
    Ok(())
}

/// `GET …/payment-methods/authenticate`: 3-D Secure for a card that is saved.
pub async fn show_question(State(sandbox): State<Arc<Sandbox>>, Path(secret): Path<String>) -> Response {
    let shown = async {
        let visitor = Visitor::enter(&sandbox, &secret).await?;
        visitor.needs(Feature::PaymentMethodUpdate)?;
        let Some(waiting) = visitor.books.checkout_attempts.get(secret.as_str()) else {
            return Ok(see_other(&visitor.at("payment-methods/add")));
        };
        let address = visitor.at("payment-methods/authenticate");
        let inside = html! {
            main.frame.narrow { (three_d_secure::question(&address, &secret, &three_d_secure::attempt(&waiting.number), 0, "")) }
        };
        let leads_to = visitor.leads_to();
        Ok(Frame { status: StatusCode::OK, title: "Confirm with your bank", leads_to }.around(&inside))
    };
    shown.await.unwrap_or_else(|instead: Instead| *instead)
}

/// `POST …/payment-methods/authenticate`.
pub async fn answer_question(
    State(sandbox): State<Arc<Sandbox>>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let done = async {
        let (visitor, posted) = Visitor::posting(&sandbox, &secret, &headers, &body).await?;
        visitor.needs(Feature::PaymentMethodUpdate)?;
        let (attempt, is_right) = (posted.text("attempt"), posted.text("act") == "complete");
        let answered = act(&sandbox, |books| {
            let Some(waiting) = waiting(books, &secret, attempt) else {
                // Answered before: the card is there, or another one was tried.
                return Ok(true);
            };
            give_up(books, &secret, attempt);
            match waiting.buyer.card.filter(|_| is_right) {
                Some(card) => save(books, &visitor, &card, true).map(|()| true),
                None => Ok(false),
            }
        });
        Ok(match answered.await {
            Ok(true) => visitor.done(&sandbox).await,
            Ok(false) => {
                let code = "setup_intent_authentication_failure";
                let error = ApiError::new(402, ErrorType::Card, code, "");
                page(&visitor, None, &Wrong::new(), Some(&declined_in_words(&error)))
            }
            Err(failed) => failed.page(),
        })
    };
    done.await.unwrap_or_else(|instead: Instead| *instead)
}

/// `POST …/payment-methods/{method}/default`.
pub async fn make_default(
    State(sandbox): State<Arc<Sandbox>>,
    Path((secret, method)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    change(&sandbox, &secret, &method, &headers, &body, charge_with).await
}

/// `POST …/payment-methods/{method}/remove`. The one that is charged next stays.
pub async fn remove(
    State(sandbox): State<Arc<Sandbox>>,
    Path((secret, method)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let detach = |books: &mut Books, customer: &Value, method: &str| {
        let is_used = books.subscriptions.of_customer(customer.id()).filter(|s| is_alive(s)).any(|subscription| {
            let own = subscription.maybe_text("default_payment_method");
            own.or(customer["invoice_settings"].maybe_text("default_payment_method")) == Some(method)
        });
        if is_used {
            return Err(ApiError::invalid("", "This card is charged for a plan. Make another one the default first."));
        }
        Inside { books }.post(&format!("/v1/payment_methods/{method}/detach"), json!({})).map(drop)
    };
    change(&sandbox, &secret, &method, &headers, &body, detach).await
}

async fn change(
    sandbox: &Arc<Sandbox>,
    secret: &str,
    method: &str,
    headers: &HeaderMap,
    body: &Bytes,
    deed: impl FnOnce(&mut Books, &Value, &str) -> Result<(), ApiError>,
) -> Response {
    let done = async {
        let (visitor, _) = Visitor::posting(sandbox, secret, headers, body).await?;
        visitor.needs(Feature::PaymentMethodUpdate)?;
        visitor.payment_method(method)?;
        let done = act(sandbox, |books| {
            own(books.payment_methods.living(method), &visitor.customer)?;
            let customer = books.customer(visitor.customer.id(), "customer")?.clone();
            deed(books, &customer, method)
        });
        match done.await {
            Ok(()) => Ok(see_other(&visitor.at(""))),
            Err(failed) => Ok(failed.page()),
        }
    };
    done.await.unwrap_or_else(|instead: Instead| *instead)
}

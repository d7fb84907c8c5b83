//! The checkout page: order on the left, payment on the right.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use super::order;
use crate::books::Books;
use crate::fields::Fields;
use crate::objects::checkout_order::Order;
use crate::pages::hosted::card_fields::{Wrong, field, fields, test_cards};
use crate::pages::hosted::frame::Frame;
use crate::pages::hosted::posted::{Posted, token_field};
use crate::pages::hosted::words;

/// What the page has to say about the last attempt.
#[derive(Debug, Default)]
pub struct Said {
    /// Why the payment did not go through.
    pub declined: Option<String>,
    /// The promotion code that was typed, and what is wrong with it.
    pub code: String,
    pub code_error: Option<String>,
}

/// A checkout page to show.
pub struct Shown<'a> {
    pub books: &'a Books,
    pub session: &'a Value,
    pub typed: Option<&'a Posted>,
    pub wrong: &'a Wrong,
    pub said: Said,
}

impl Shown<'_> {
    /// The time of the one who buys.
    pub fn now(&self) -> i64 {
        self.books.now_of(self.session)
    }

    /// Where its forms go.
    pub fn address(&self) -> String {
        format!("/c/pay/{}", self.session.id())
    }

    /// The whole page.
    pub fn page(&self) -> Response {
        let Some(order) = self.books.checkout_orders.get(self.session.id()) else {
            return super::expired(self.session);
        };
        let status = match (&self.said, self.wrong.is_empty()) {
            (Said { declined: Some(_), .. }, _) => StatusCode::PAYMENT_REQUIRED,
            (Said { code_error: None, .. }, true) => StatusCode::OK,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let inside = html! {
            main.split data-testid="checkout" {
                (self.alert())
                (order::summary(self, order))
                section.pay aria-label="Payment" { div.inner { (self.form(order)) (test_cards()) } }
            }
        };
        let leads_to = vec![self.session.text("success_url")];
        Frame { status, title: "Checkout", leads_to }.around(&inside)
    }

    /// What went wrong stands above both halves: on a narrow screen the form is far below.
    fn alert(&self) -> Markup {
        html! {
            @if let Some(declined) = &self.said.declined {
                p.note.bad.across role="alert" data-testid="declined" { (declined) }
            } @else if !self.wrong.is_empty() {
                p.note.bad.across role="alert" data-testid="form-error" { "Please check the fields below." }
            }
        }
    }

    fn form(&self, order: &Order) -> Markup {
        let asks_for_card = asks_for_card(self.books, self.session, order);
        html! {
            form.stack.loose method="post" action=(self.address()) {
                (token_field(self.session.id()))
                (self.contact())
                @if asks_for_card {
                    div.stack { h2 { "Card" } (fields(self.typed, self.wrong)) }
                }
                div.stack.tight {
                    button.wide name="act" value="pay" data-testid="pay" { (self.button(order)) }
                    p.hint { (self.consent(order)) }
                }
            }
        }
    }

    fn contact(&self) -> Markup {
        let known = known_email(self.books, self.session);
        let typed = self.typed.map_or("", |posted| posted.text("email"));
        html! {
            div.stack {
                h2 { "Contact" }
                @if let Some(email) = known {
                    p data-testid="email" { (email) }
                } @else {
                    (field("email", "E-mail", typed, self.wrong, &[
                        ("type", "email"), ("autocomplete", "email"), ("placeholder", "you@example.com"),
                        ("maxlength", "500"), ("required", "required"),
                    ]))
                }
            }
        }
    }

    fn button(&self, order: &Order) -> String {
        let total = words::amount(order.due(self.books, self.now()).total(), self.session.text("currency"));
        match (self.session.text("mode"), self.session.text("submit_type")) {
            ("setup", _) => "Save card".to_owned(),
            ("subscription", _) if order.trial_end(self.now()).is_some() => "Start trial".to_owned(),
            ("subscription", _) => "Subscribe".to_owned(),
            (_, "book") => format!("Book {total}"),
            (_, "donate") => format!("Donate {total}"),
            _ => format!("Pay {total}"),
        }
    }

    fn consent(&self, order: &Order) -> &'static str {
        match (self.session.text("mode"), order.trial_end(self.now()).is_some()) {
            ("subscription", true) => "After the trial the subscription is charged and renews until you cancel it.",
            ("subscription", false) => "The subscription renews, and is charged each time, until you cancel it.",
            ("setup", _) => "Your card is kept for payments you agree to later.",
            _ => "You are charged once.",
        }
    }
}

/// The e-mail address that need not be asked for.
pub fn known_email<'b>(books: &'b Books, session: &'b Value) -> Option<&'b str> {
    let customer = session.maybe_text("customer").and_then(|id| books.customers.get(id));
    customer.and_then(|customer| customer.maybe_text("email")).or(session.maybe_text("customer_email"))
}

/// Whether a card is needed: not when nothing is due and the session says so.
pub fn asks_for_card(books: &Books, session: &Value, order: &Order) -> bool {
    let is_free = order.due(books, books.now_of(session)).total() == 0;
    match session.text("mode") {
        "setup" => true,
        "payment" => !is_free,
        _ => !is_free || session.text("payment_method_collection") == "always",
    }
}

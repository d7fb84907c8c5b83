//! What several pages of the portal show.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use super::visitor::Visitor;
use crate::books::Books;
use crate::fields::Fields;
use crate::pages::hosted::frame::Frame;
use crate::pages::hosted::words;

/// A page one step away from the home, with the way back.
pub fn step(visitor: &Visitor, status: StatusCode, title: &str, inside: &Markup) -> Response {
    let back = match &visitor.flow {
        None => Some((visitor.at(""), "Billing portal", "back-link")),
        Some(_) => {
            visitor.session.maybe_text("return_url").map(|url| (url.to_owned(), "Return to the website", "return-link"))
        }
    };
    let whole = html! {
        main.frame.narrow {
            @if let Some((address, words, testid)) = back {
                nav aria-label="Way back" { a.back href=(address) data-testid=(testid) {
                    span aria-hidden="true" { "←" } (words)
                } }
            }
            h1 { (title) }
            (inside)
        }
    };
    Frame { status, title, leads_to: visitor.leads_to() }.around(&whole)
}

/// A subscription's first item, which is the one that people see and change.
pub fn item(subscription: &Value) -> &Value {
    subscription.list("items").first().unwrap_or(&Value::Null)
}

/// `Pro`, or `Pro and 1 more`.
pub fn name(books: &Books, subscription: &Value) -> String {
    let first = words::product(books, &item(subscription)["price"]);
    match subscription.list("items").len() {
        0 | 1 => first,
        more => format!("{first} and {} more", more - 1),
    }
}

/// What comes next for a subscription, in words.
pub fn outlook(subscription: &Value) -> String {
    let end = item(subscription).int("current_period_end");
    let ends = subscription.maybe_int("cancel_at").or(subscription.is("cancel_at_period_end").then_some(end));
    match (ends, subscription.text("status")) {
        (Some(at), _) => format!("Ends on {} and does not renew", words::day(at)),
        (None, "trialing") => format!("Trial until {}", words::day(subscription.int("trial_end"))),
        (None, "paused") => "Paused".to_owned(),
        (None, "incomplete") => "Waits for its first payment".to_owned(),
        (None, _) => format!("Renews on {}", words::day(end)),
    }
}

/// A message about what just went wrong.
pub fn alert(message: Option<&str>) -> Markup {
    html! {
        @if let Some(message) = message {
            p.note.bad role="alert" data-testid="form-error" { (message) }
        }
    }
}

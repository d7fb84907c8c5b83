//! Collecting: asking a card for what an invoice is over, and what follows from the answer.

use serde_json::{Value, json};

use super::settle;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::life::dunning;
use crate::payments::intent::{self, OnChallenge, Outcome};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The schedule of attempts.
    Schedule,
    /// A request, or a person on a hosted page.
    Hand,
}

/// Why an invoice could not be collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uncollected {
    /// There is no card to ask.
    NoMethod,
    ActionRequired,
    Declined(ApiError),
}

impl Uncollected {
    /// As the API answers a request to pay.
    pub fn error(&self) -> ApiError {
        match self {
            Self::NoMethod => {
                let message = "This customer has no attached payment source or default payment method. Please \
                               consider adding a default payment method.";
                ApiError::coded("resource_missing", "", message)
            }
            Self::ActionRequired => {
                let message = "This payment requires additional user action before it can be completed successfully. \
                               Payment can be completed using the PaymentIntent associated with the invoice.";
                ApiError::new(
                    402,
                    crate::http::errors::ErrorType::Card,
                    "invoice_payment_intent_requires_action",
                    message,
                )
            }
            Self::Declined(error) => error.clone(),
        }
    }
}

/// The card that pays an invoice when none is named: its own, its subscription's, the customer's.
pub fn default_method(books: &Books, invoice: &Value) -> Option<String> {
    let subscription = books.subscriptions.get(invoice["parent"]["subscription_details"].text("subscription"));
    let of_customer =
        || books.customers.living(invoice.text("customer"))?["invoice_settings"].maybe_text("default_payment_method");
    let of_subscription = || subscription?.maybe_text("default_payment_method");
    let found = invoice.maybe_text("default_payment_method").or_else(of_subscription).or_else(of_customer);
    found.map(str::to_owned)
}

/// Tries to collect an open invoice. Returns it as it then is, and why it was not paid.
pub fn collect(books: &mut Books, invoice: Value, method: Option<&str>, by: By) -> (Value, Option<Uncollected>) {
    let method = method.map(str::to_owned).or_else(|| default_method(books, &invoice));
    let intent = settle::payment_of(books, invoice.id()).map(|p| p["payment"].text("payment_intent").to_owned());
    let outcome = match (intent, method) {
        (Some(intent), Some(method)) => intent::confirm(books, &intent, &method, OnChallenge::Wait),
        _ => None,
    };
    conclude(books, invoice, outcome, by)
}

/// Draws the conclusions for an invoice from what became of its intent; `None` when there was
/// no card to ask.
pub fn conclude(
    books: &mut Books,
    mut invoice: Value,
    outcome: Option<Outcome>,
    by: By,
) -> (Value, Option<Uncollected>) {
    // From the view of the schedule any attempt is the first, and then only its own count.
    let counts = by == By::Schedule || invoice.int("attempt_count") == 0;
    if counts {
        invoice["attempt_count"] = json!(invoice.int("attempt_count") + 1);
    }
    invoice["attempted"] = json!(true);
    let failure = match outcome {
        Some(Outcome::Succeeded | Outcome::Authorized) => {
            save_method(books, &invoice);
            return (settle::paid(books, invoice), None);
        }
        Some(Outcome::ActionRequired) => Uncollected::ActionRequired,
        Some(Outcome::Declined(decline)) => Uncollected::Declined(decline.error()),
        None => Uncollected::NoMethod,
    };
    let is_last = counts && dunning::plan_retry(books, &mut invoice);
    let kinds: &[&str] = match failure {
        Uncollected::ActionRequired => &["invoice.payment_action_required", "invoice.payment_failed"],
        _ => &["invoice.payment_failed"],
    };
    settle::keep(books, invoice.clone(), kinds);
    settle::set_delinquent(books, &invoice, true);
    dunning::after_failure(books, &invoice, is_last);
    (invoice, Some(failure))
}

/// `save_default_payment_method`: the card that paid becomes the subscription's.
fn save_method(books: &mut Books, invoice: &Value) {
    let intent = settle::payment_of(books, invoice.id()).map(|p| p["payment"].text("payment_intent").to_owned());
    let method = intent.and_then(|id| books.payment_intents.get(&id)).map(|intent| intent["payment_method"].clone());
    let id = invoice["parent"]["subscription_details"].text("subscription");
    if let (Some(method), Some(mut subscription)) = (method, books.subscriptions.get(id).cloned())
        && subscription["payment_settings"]["save_default_payment_method"] == "on_subscription"
    {
        subscription["default_payment_method"] = method;
        books.update(subscription);
    }
}

//! Completing a checkout session: customer, card, then subscription, payment or saved card, as
//! one transaction.
//!
//! What must hold: a session is completed once; an attempt that is declined, or that waits for
//! 3-D Secure, leaves nothing behind. Since API version 2025-03-31 Stripe too makes the
//! subscription of a session only once it is paid for.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::checkout_order::Order;
use super::checkout_params::details;
use super::paying::{check_saving, pay_once, settle};
use super::setup_intent;
use super::typed_card::TypedCard;
use crate::agenda::Deed;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::inside::Inside;

/// Who buys, with which card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buyer {
    pub email: Option<String>,
    /// None where nothing is due and no card is asked for.
    pub card: Option<TypedCard>,
}

/// An attempt that waits for the bank's question to be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Tells it from earlier attempts.
    pub number: String,
    pub buyer: Buyer,
}

/// Lets an attempt on the page `place` wait, and returns its number; an earlier one is void.
pub fn wait(books: &mut Books, place: &str, buyer: Buyer) -> String {
    let number = books.ids.object("attempt");
    books.checkout_attempts.insert_cow(place.to_owned(), Waiting { number: number.clone(), buyer });
    number
}

/// The attempt on a page that still waits under its number.
pub fn waiting(books: &Books, place: &str, number: &str) -> Option<Waiting> {
    books.checkout_attempts.get(place).filter(|waiting| waiting.number == number).cloned()
}

/// Ends an attempt that failed, so that a reload does not ask again.
pub fn give_up(books: &mut Books, place: &str, number: &str) {
    if waiting(books, place, number).is_some() {
        books.checkout_attempts.remove_cow(&place.to_owned());
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Attempt {
    /// The session as it now is.
    Complete(Value),
    /// It was complete before: nothing was done.
    WasComplete(Value),
}

/// Completes an open session.
///
/// # Errors
/// 402 for a declined card, `authentication_required` when the card asks for 3-D Secure and
/// `is_authenticated` is false; 400 when the session is no longer open.
pub fn complete(books: &mut Books, id: &str, buyer: &Buyer, is_authenticated: bool) -> Result<Attempt, ApiError> {
    let found = books.checkout_sessions.get(id).cloned();
    let mut session = found.ok_or_else(|| ApiError::no_such("checkout.session", id, "session", true))?;
    match session.text("status") {
        "open" => {}
        "complete" => return Ok(Attempt::WasComplete(session)),
        _ => return Err(ApiError::invalid("", "This checkout session has expired.")),
    }
    let order = books.checkout_orders.get(id).cloned();
    let order = order.ok_or_else(|| ApiError::no_such("checkout.session", id, "session", true))?;
    let customer = customer(books, &session, &order, buyer)?;
    let mut desk = Desk { books, order, buyer, customer, is_authenticated };
    match session.text("mode") {
        "subscription" => desk.subscribe(&mut session)?,
        "payment" => desk.pay(&mut session)?,
        _ => desk.save(&mut session)?,
    }
    desk.finish(&mut session);
    Ok(Attempt::Complete(session))
}

/// The session's customer; a new one where it has none and one is to be made.
fn customer(books: &mut Books, session: &Value, order: &Order, buyer: &Buyer) -> Result<Option<String>, ApiError> {
    let mut known = Map::new();
    if let Some(card) = &buyer.card {
        known.insert("name".into(), json!(card.name));
        known.insert("address".into(), json!({"country": card.country}));
    }
    if let Some(id) = session.maybe_text("customer") {
        known.retain(|key, _| order.customer_update.text(key) == "auto");
        if !known.is_empty() {
            Inside { books }.post(&format!("/v1/customers/{id}"), Value::Object(known))?;
        }
        return Ok(Some(id.to_owned()));
    }
    if session.text("mode") == "payment" && session.text("customer_creation") != "always" {
        return Ok(None);
    }
    if let Some(email) = &buyer.email {
        known.insert("email".into(), json!(email));
    }
    let made = Inside { books }.post("/v1/customers", Value::Object(known))?;
    Ok(Some(made.id().to_owned()))
}

struct Desk<'a> {
    books: &'a mut Books,
    order: Order,
    buyer: &'a Buyer,
    customer: Option<String>,
    is_authenticated: bool,
}

impl Desk<'_> {
    fn now(&self) -> i64 {
        let clock = self.customer.as_deref().and_then(|id| self.books.customers.get(id));
        clock.map_or(self.books.moment.time, |customer| self.books.now_of(customer))
    }

    fn inside(&mut self) -> Inside<'_> {
        Inside { books: self.books }
    }

    fn card(&mut self) -> Result<Option<Value>, ApiError> {
        let now = self.now();
        let (Some(card), Some(customer)) = (&self.buyer.card, &self.customer) else {
            return Ok(None);
        };
        let email = self.buyer.email.as_deref();
        check_saving(card, self.is_authenticated)?;
        if self.is_authenticated {
            return card.attach_authenticated(self.books, customer, email, now).map(Some);
        }
        card.attach(self.books, customer, email, now).map(Some)
    }

    fn subscribe(&mut self, session: &mut Value) -> Result<(), ApiError> {
        if let Some(discount) = &self.order.discount {
            discount.check_terms(self.books)?;
        }
        let card = self.card()?;
        let mut params = self.order.data.as_object().cloned().unwrap_or_default();
        params.insert("customer".into(), json!(self.customer));
        params.insert("items".into(), self.order.as_items());
        if let Some(card) = &card {
            params.insert("default_payment_method".into(), json!(card.id()));
        }
        if let Some(discounts) = self.order.as_discounts() {
            params.insert("discounts".into(), discounts);
        }
        let made = self.inside().ask("POST", "/v1/subscriptions", params)?;
        settle(self.books, made.text("latest_invoice"), self.is_authenticated)?;
        let now = self.books.subscriptions.get(made.id()).cloned().unwrap_or_default();
        session["subscription"] = json!(now.id());
        session["invoice"] = now["latest_invoice"].clone();
        let invoice = now.maybe_text("latest_invoice").and_then(|id| self.books.invoices.get(id));
        let total = invoice.map_or(0, |invoice| invoice.int("total"));
        session["amount_subtotal"] = json!(invoice.map_or(0, |invoice| invoice.int("subtotal")));
        session["amount_total"] = json!(total);
        session["payment_status"] = json!(if total > 0 { "paid" } else { "no_payment_required" });
        Ok(())
    }

    fn pay(&mut self, session: &mut Value) -> Result<(), ApiError> {
        let total = self.order.due(self.books, session.int("created")).total();
        let Some(card) = self.buyer.card.clone().filter(|_| total > 0) else {
            session["payment_status"] = json!("no_payment_required");
            return Ok(());
        };
        let mut params = self.order.data.as_object().cloned().unwrap_or_default();
        params.insert("amount".into(), json!(total));
        params.insert("currency".into(), session["currency"].clone());
        if let Some(customer) = &self.customer {
            params.insert("customer".into(), json!(customer));
        }
        let now = self.now();
        let intent = pay_once(self.books, params, &card, self.buyer.email.as_deref(), now, self.is_authenticated)?;
        session["payment_intent"] = json!(intent);
        session["payment_status"] = json!("paid");
        Ok(())
    }

    fn save(&mut self, session: &mut Value) -> Result<(), ApiError> {
        let card = self.card()?;
        let mut params = self.order.data.as_object().cloned().unwrap_or_default();
        params.insert("customer".into(), json!(self.customer));
        params.insert("payment_method".into(), json!(card.as_ref().map(Fields::id)));
        params.insert("usage".into(), json!("off_session"));
        params.insert("confirm".into(), json!(true));
        let made = self.inside().ask("POST", "/v1/setup_intents", params)?;
        if self.is_authenticated {
            // Nothing is answered where the card no longer asks.
            setup_intent::authenticated(self.books, made.id(), true).transpose()?;
        }
        session["setup_intent"] = made["id"].clone();
        Ok(())
    }

    fn finish(self, session: &mut Value) {
        session["status"] = json!("complete");
        session["url"] = Value::Null;
        session["customer"] = json!(self.customer);
        let card = self.buyer.card.as_ref();
        let (name, country) = (card.map(|card| card.name.as_str()), card.map(|card| card.country.as_str()));
        session["customer_details"] = details(self.buyer.email.as_deref(), name, country);
        self.books.agenda.set(None, Deed::CheckoutExpiry, session.id(), None);
        self.books.checkout_attempts.remove_cow(&session.id().to_owned());
        self.books.transition(session.clone(), &["checkout.session.completed"]);
    }
}

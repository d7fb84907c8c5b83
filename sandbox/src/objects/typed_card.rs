//! A card that a person typed on a hosted page, without its number.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::payment_method;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;

/// What of a typed card may be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedCard {
    /// The public test id with the card's behaviour, `pm_card_…`.
    pub id: String,
    pub exp_month: i64,
    pub exp_year: i64,
    pub name: String,
    pub country: String,
}

impl TypedCard {
    /// The same after its bank was asked: it can be charged later without the customer.
    ///
    /// # Errors
    /// As [`Self::attach`].
    pub fn attach_authenticated(
        &self,
        books: &mut Books,
        customer: &str,
        email: Option<&str>,
        now: i64,
    ) -> Result<Value, ApiError> {
        let method = self.attach(books, customer, email, now)?;
        books.set_up.insert_cow(method.id().to_owned());
        Ok(method)
    }

    /// Makes a payment method of it, attached to `customer`, and returns it.
    ///
    /// # Errors
    /// 402 for cards that are declined when they are saved.
    pub fn attach(&self, books: &mut Books, customer: &str, email: Option<&str>, now: i64) -> Result<Value, ApiError> {
        let mut method = payment_method::prepare(books, &self.id, Some(customer), "payment_method")?;
        self.write(&mut method, email);
        let id = payment_method::put(books, method, customer, now);
        let made = books.payment_methods.get(&id).cloned();
        made.ok_or_else(|| ApiError::no_such("PaymentMethod", &id, "payment_method", false))
    }

    /// Puts what was typed onto the payment method of a test id.
    pub fn write(&self, method: &mut Value, email: Option<&str>) {
        method["card"]["exp_month"] = json!(self.exp_month);
        method["card"]["exp_year"] = json!(self.exp_year);
        method["billing_details"]["name"] = json!(self.name);
        method["billing_details"]["email"] = json!(email);
        method["billing_details"]["address"]["country"] = json!(self.country);
    }
}

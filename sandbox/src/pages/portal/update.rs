//! The change of a subscription itself: what it would cost, and doing it.

use serde_json::{Map, Value, json};

use super::parts::item;
use super::visitor::{Feature, Visitor, own};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::inside::Inside;
use crate::objects::checkout_discount::by_code;
use crate::objects::paying::settle;

/// A change as it was chosen.
#[derive(Debug, Clone)]
pub struct Change {
    pub price: String,
    pub quantity: i64,
    /// The moment from which time is counted (`proration_date`).
    pub from: i64,
    pub code: Option<String>,
    /// Of a flow.
    pub discounts: Option<Value>,
}

/// What a change would cost.
#[derive(Debug)]
pub struct Cost {
    pub lines: Vec<(String, i64)>,
    pub currency: String,
    pub discount: i64,
    /// What the customer's balance pays (negative) or is charged with.
    pub balance: i64,
    pub total: i64,
    pub due_now: i64,
    /// On an invoice made at once; else with the next one.
    pub is_now: bool,
}

impl Change {
    /// The change that a session was made for.
    pub fn of_flow(flow: &Value, subscription: &Value, from: i64) -> Self {
        let (now, next) = (item(subscription), flow.list("items").first().unwrap_or(&Value::Null));
        let discounts = flow.get("discounts").filter(|discounts| discounts.is_array()).cloned();
        Self {
            price: next.maybe_text("price").unwrap_or(now["price"].id()).to_owned(),
            quantity: next.maybe_int("quantity").or(now.maybe_int("quantity")).unwrap_or(1),
            from,
            code: None,
            discounts,
        }
    }
}

impl Change {
    /// Whether a subscription is as the change wants it, and nothing else is asked.
    pub fn is_done(&self, subscription: &Value) -> bool {
        let item = item(subscription);
        let is_bare = self.code.is_none() && self.discounts.is_none();
        is_bare && item["price"].id() == self.price && item.int("quantity") == self.quantity
    }
}

/// Works out what a change would cost, by doing it on a copy of the books.
///
/// # Errors
/// What the update would be refused with, such as a promotion code that is not valid.
pub fn cost(visitor: &Visitor, subscription: &Value, change: &Change) -> Result<Cost, ApiError> {
    let mut books = visitor.books.clone();
    books.moment.is_preview = true;
    let pending = |books: &Books| -> Vec<String> {
        let items = books.invoice_items.of_customer(visitor.customer.id());
        items.filter(|item| item["invoice"].is_null()).map(|item| item.id().to_owned()).collect()
    };
    let before = pending(&books);
    let params = params(&mut books, visitor, subscription, change)?;
    let path = format!("/v1/subscriptions/{}", subscription.id());
    let changed = Inside { books: &mut books }.ask("POST", &path, params)?;
    let currency = changed.text("currency").to_owned();
    if changed["latest_invoice"] != subscription["latest_invoice"] {
        let invoice = books.invoices.get(changed.text("latest_invoice")).cloned().unwrap_or_default();
        return Ok(of_invoice(&invoice, currency));
    }
    let added = pending(&books).into_iter().filter(|id| !before.contains(id));
    let added: Vec<&Value> = added.filter_map(|id| books.invoice_items.get(&id)).collect();
    let lines = added.iter().rev().map(|item| (item.text("description").to_owned(), item.int("amount"))).collect();
    let total = added.iter().map(|item| item.int("amount")).sum();
    Ok(Cost { lines, currency, discount: 0, balance: 0, total, due_now: 0, is_now: false })
}

fn of_invoice(invoice: &Value, currency: String) -> Cost {
    let line = |line: &Value| (line.text("description").to_owned(), line.int("amount"));
    let (subtotal, total) = (invoice.int("subtotal"), invoice.int("total"));
    let due_now = invoice.int("amount_due");
    Cost {
        lines: invoice.list("lines").iter().map(line).collect(),
        currency,
        discount: subtotal - total,
        balance: if total > 0 { due_now - total } else { 0 },
        total,
        due_now,
        is_now: true,
    }
}

/// Makes the change, and sees to it that what is charged at once is paid.
///
/// # Errors
/// 402 when the card is declined, `authentication_required` when it asks for 3-D Secure and
/// `is_authenticated` is false; then nothing is changed.
pub fn apply(
    books: &mut Books,
    visitor: &Visitor,
    id: &str,
    change: &Change,
    is_authenticated: bool,
) -> Result<(), ApiError> {
    let before = own(books.subscriptions.living(id), &visitor.customer)?.clone();
    if change.is_done(&before) {
        // Another tab was faster.
        return Ok(());
    }
    let params = params(books, visitor, &before, change)?;
    let changed = Inside { books }.ask("POST", &format!("/v1/subscriptions/{id}"), params)?;
    if changed["latest_invoice"] == before["latest_invoice"] {
        return Ok(());
    }
    settle(books, changed.text("latest_invoice"), is_authenticated)
}

fn params(
    books: &mut Books,
    visitor: &Visitor,
    subscription: &Value,
    change: &Change,
) -> Result<Map<String, Value>, ApiError> {
    let settings = visitor.feature(Feature::SubscriptionUpdate).unwrap_or(&Value::Null);
    let proration = settings.text("proration_behavior");
    let changed = json!({"id": item(subscription).id(), "price": change.price, "quantity": change.quantity});
    let mut params = Map::new();
    params.insert("items".into(), json!([changed]));
    params.insert("proration_behavior".into(), json!(proration));
    if proration != "none" && subscription.text("status") != "trialing" {
        params.insert("proration_date".into(), json!(change.from));
    }
    if let Some(anchor) = settings.maybe_text("billing_cycle_anchor") {
        params.insert("billing_cycle_anchor".into(), json!(anchor));
    }
    if subscription.text("status") == "trialing" && settings.text("trial_update_behavior") == "end_trial" {
        params.insert("trial_end".into(), json!("now"));
    }
    if let Some(code) = &change.code {
        let found = by_code(&mut Inside { books }, code, Some(visitor.customer.id()))?;
        let found = found.and_then(|found| found.promotion_code);
        let found = found.ok_or_else(|| ApiError::invalid("code", "This promotion code is invalid."))?;
        params.insert("discounts".into(), json!([{"promotion_code": found}]));
    }
    if let Some(discounts) = &change.discounts {
        params.insert("discounts".into(), without_nulls(discounts));
    }
    Ok(params)
}

/// As parameters have it: what is null is not there.
fn without_nulls(discounts: &Value) -> Value {
    let given = |one: &Value| -> Value {
        let fields = one.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        Value::Object(fields.map(|(key, value)| (key.clone(), value.clone())).collect())
    };
    discounts.as_array().into_iter().flatten().map(given).collect()
}

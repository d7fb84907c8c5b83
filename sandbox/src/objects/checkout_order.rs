//! What a checkout session sells: its lines and totals.
//!
//! The totals shown before the payment are worked out here from the prices, with the discounts'
//! own arithmetic; those of a completed session are the invoice's. A test holds the two together.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::checkout_discount::Discount;
use super::operation::Call;
use crate::billing::discount::{Discountable, coupon_off};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::inside::Inside;

const MOST_LINES: usize = 20;

/// One line: a price so many times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub id: String,
    pub price: String,
    pub quantity: i64,
    pub metadata: Value,
}

/// What is sold, and what becomes of it. Kept beside the session, which shows only part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    pub lines: Vec<Line>,
    pub discount: Option<Discount>,
    /// `subscription_data`, `payment_intent_data` or `setup_intent_data`, as sent.
    pub data: Value,
    pub customer_update: Value,
    /// In setup mode, where no price says it.
    pub currency: Option<String>,
}

/// What there is to pay now, in the smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    pub subtotal: i64,
    pub discount: i64,
}

/// Reads the lines; a line's own price data becomes a price.
///
/// # Errors
/// 400 for no lines, unknown or unfit prices, currencies that differ; 501 for a mix of rhythms.
pub fn lines(books: &mut Books, call: &Call<'_>) -> Result<Vec<Line>, ApiError> {
    let Some(mode) = call.text("mode").filter(|mode| *mode != "setup") else {
        return Ok(Vec::new());
    };
    let asked = call.params.get("line_items").and_then(Value::as_array).filter(|lines| !lines.is_empty());
    let asked = asked.ok_or_else(|| ApiError::missing("line_items"))?;
    if asked.len() > MOST_LINES {
        return Err(ApiError::invalid("line_items", format!("You can have up to {MOST_LINES} line items.")));
    }
    let mut lines = Vec::new();
    for (place, item) in asked.iter().enumerate() {
        let line = line(books, item, &format!("line_items[{place}]"))?;
        fits(books, mode, &line, place)?;
        lines.push(line);
    }
    same_currency(books, call, &lines)?;
    Ok(lines)
}

fn line(books: &mut Books, item: &Value, param: &str) -> Result<Line, ApiError> {
    let price = match (item.maybe_text("price"), item.get("price_data")) {
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: price, price_data.";
            return Err(ApiError::invalid(&format!("{param}[price_data]"), message));
        }
        (Some(id), None) => {
            let found = books.prices.living(id);
            let found = found.ok_or_else(|| ApiError::no_such("price", id, &format!("{param}[price]"), false))?;
            if !found.is("active") {
                let message = "The price specified is inactive. This field only accepts active prices.";
                return Err(ApiError::invalid(&format!("{param}[price]"), message));
            }
            id.to_owned()
        }
        (None, Some(data)) => {
            let mut inside = Inside { books };
            inside.post("/v1/prices", data.clone())?.id().to_owned()
        }
        (None, None) => return Err(ApiError::missing(&format!("{param}[price]"))),
    };
    let quantity = item.maybe_int("quantity").ok_or_else(|| {
        let message = format!("Quantity is required. Add `quantity` to `{param}`");
        ApiError::coded("parameter_missing", &format!("{param}[quantity]"), message)
    })?;
    if quantity < 1 {
        let message = "This value must be greater than or equal to 1.";
        return Err(ApiError::coded("parameter_invalid_integer", &format!("{param}[quantity]"), message));
    }
    let metadata = super::metadata::merge(&Value::Null, item.get("metadata"))?;
    Ok(Line { id: books.ids.object("li"), price, quantity, metadata })
}

fn fits(books: &Books, mode: &str, line: &Line, place: usize) -> Result<(), ApiError> {
    let price = books.prices.living(&line.price).unwrap_or(&Value::Null);
    let is_recurring = price.text("type") == "recurring";
    match mode {
        "payment" if is_recurring => {
            let message = "You specified `payment` mode but passed a recurring price. Either switch to \
                           `subscription` mode or use only one-time prices.";
            Err(ApiError::invalid("line_items", message))
        }
        "subscription" if !is_recurring && place == 0 => {
            let message = "You must provide at least one recurring price in `subscription` mode when using prices.";
            Err(ApiError::invalid("line_items", message))
        }
        "subscription" if !is_recurring => {
            Err(ApiError::not_modelled("one-time prices beside a subscription").about("line_items"))
        }
        _ => Ok(()),
    }
}

fn same_currency(books: &Books, call: &Call<'_>, lines: &[Line]) -> Result<(), ApiError> {
    let currency = |line: &Line| books.prices.living(&line.price).map_or("", |price| price.text("currency"));
    let first = lines.first().map_or("", currency);
    if lines.iter().any(|line| currency(line) != first) {
        return Err(ApiError::invalid("line_items", "All line items must have the same currency."));
    }
    if call.text("currency").is_some_and(|asked| asked.to_lowercase() != first) {
        return Err(ApiError::invalid("currency", "The price specified does not support this currency."));
    }
    let customer = call.text("customer").and_then(|id| books.customers.living(id));
    let held = customer.and_then(|customer| customer.maybe_text("currency"));
    if call.text("mode") == Some("subscription") && held.is_some_and(|held| held != first) {
        return Err(ApiError::invalid("line_items", "You cannot combine currencies on a single customer."));
    }
    Ok(())
}

impl Order {
    /// What the call asks for.
    pub fn new(call: &Call<'_>, lines: Vec<Line>, discount: Option<Discount>) -> Self {
        let data = ["subscription_data", "payment_intent_data", "setup_intent_data"];
        Self {
            lines,
            discount,
            data: data.iter().find_map(|key| call.params.get(*key)).cloned().unwrap_or(json!({})),
            customer_update: call.params.get("customer_update").cloned().unwrap_or(Value::Null),
            currency: call.text("currency").map(str::to_lowercase),
        }
    }

    /// Until when nothing is to be paid, if that is so.
    pub fn trial_end(&self, now: i64) -> Option<i64> {
        let days = self.data.maybe_int("trial_period_days").map(|days| now + days * 86_400);
        days.or(self.data.maybe_int("trial_end"))
    }

    /// The currency of the prices, or the one said.
    pub fn currency(&self, books: &Books) -> Option<String> {
        let of_price = self.lines.first().and_then(|line| books.prices.get(&line.price));
        of_price.and_then(|price| price.maybe_text("currency")).map(str::to_owned).or_else(|| self.currency.clone())
    }

    /// What every interval costs after a trial, or what is to be paid once.
    pub fn regular(&self, books: &Books) -> Totals {
        Totals { subtotal: subtotal(books, &self.lines), discount: self.taken_off(books).iter().sum() }
    }

    /// What the discount takes off each line, as an invoice will have it.
    fn taken_off(&self, books: &Books) -> Vec<i64> {
        let Some(held) = &self.discount else {
            return vec![0; self.lines.len()];
        };
        let charges: Vec<Discountable> = self.lines.iter().map(|line| charge(books, line)).collect();
        let left: Vec<i64> = charges.iter().map(|charge| charge.amount).collect();
        coupon_off(&held.coupon, &charges, &left)
    }

    /// What is to be paid now.
    pub fn due(&self, books: &Books, now: i64) -> Totals {
        if self.trial_end(now).is_some() { Totals { subtotal: 0, discount: 0 } } else { self.regular(books) }
    }

    /// Writes currency, totals and discounts.
    pub fn write_totals(&self, books: &Books, session: &mut Value) {
        session["currency"] = json!(self.currency(books));
        session["discounts"] = self.discounts();
        if self.lines.is_empty() {
            return;
        }
        let totals = self.due(books, session.int("created"));
        session["amount_subtotal"] = json!(totals.subtotal);
        session["amount_total"] = json!(totals.total());
        session["total_details"] = json!({"amount_discount": totals.discount, "amount_shipping": 0, "amount_tax": 0});
    }

    /// As `discounts` of a session, a subscription or a payment.
    pub fn discounts(&self) -> Value {
        let shown = |held: &Discount| match &held.promotion_code {
            Some(code) => json!({"coupon": null, "promotion_code": code}),
            None => json!({"coupon": held.coupon.id(), "promotion_code": null}),
        };
        self.discount.iter().map(shown).collect()
    }

    /// The lines as the items of a subscription.
    pub fn as_items(&self) -> Value {
        let item = |line: &Line| json!({"price": line.price, "quantity": line.quantity, "metadata": line.metadata});
        self.lines.iter().map(item).collect()
    }

    /// The discount as the `discounts` of a new subscription.
    pub fn as_discounts(&self) -> Option<Value> {
        self.discount.as_ref().map(|held| match &held.promotion_code {
            Some(code) => json!([{"promotion_code": code}]),
            None => json!([{"coupon": held.coupon.id()}]),
        })
    }

    /// The lines as the API shows them.
    pub fn items(&self, books: &Books, created: i64) -> Vec<Value> {
        let is_free = self.trial_end(created).is_some();
        let mut items = Vec::new();
        for (line, off) in self.lines.iter().zip(self.taken_off(books)) {
            let (subtotal, off) = if is_free { (0, 0) } else { (amount(books, line), off) };
            let price = books.prices.get(&line.price).cloned().unwrap_or_default();
            let product = price.maybe_text("product").and_then(|id| books.products.get(id));
            items.push(json!({
                "id": line.id, "object": "item", "adjustable_quantity": null, "amount_discount": off,
                "amount_subtotal": subtotal, "amount_tax": 0, "amount_total": subtotal - off,
                "currency": price["currency"], "description": product.map(|product| product["name"].clone()),
                "metadata": line.metadata, "price": price, "quantity": line.quantity,
            }));
        }
        items
    }
}

impl Totals {
    /// What is paid.
    pub fn total(self) -> i64 {
        self.subtotal - self.discount
    }
}

/// What lines cost before discounts.
pub fn subtotal(books: &Books, lines: &[Line]) -> i64 {
    lines.iter().map(|line| amount(books, line)).fold(0, i64::saturating_add)
}

fn amount(books: &Books, line: &Line) -> i64 {
    let each = books.prices.get(&line.price).map_or(0, |price| price.int("unit_amount"));
    each.saturating_mul(line.quantity)
}

fn charge(books: &Books, line: &Line) -> Discountable {
    let price = books.prices.get(&line.price).unwrap_or(&Value::Null);
    let (product, currency) = (price.text("product").to_owned(), price.text("currency").to_owned());
    Discountable { amount: amount(books, line), product, currency }
}

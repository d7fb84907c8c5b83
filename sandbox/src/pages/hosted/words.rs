//! What objects are called on the pages.

use serde_json::{Value, json};

use crate::books::Books;
use crate::calendar;
use crate::fields::Fields;
use crate::money;

/// `49.00 EUR`.
pub fn amount(amount: i64, currency: &str) -> String {
    money::written(&json!(amount), &json!(currency))
}

/// `2 × 49.00 EUR per month`.
pub fn price(price: &Value, quantity: i64) -> String {
    let times = if quantity == 1 { String::new() } else { format!("{quantity} × ") };
    let each = money::written(&price["unit_amount"], &price["currency"]);
    format!("{times}{each} {}", every(&price["recurring"])).trim_end().to_owned()
}

/// `per month`, `every 3 months`; nothing for what is paid once.
pub fn every(recurring: &Value) -> String {
    match (recurring.maybe_text("interval"), recurring.maybe_int("interval_count")) {
        (None, _) => String::new(),
        (Some(interval), None | Some(1)) => format!("per {interval}"),
        (Some(interval), Some(count)) => format!("every {count} {interval}s"),
    }
}

/// The name of a price's product.
pub fn product(books: &Books, price: &Value) -> String {
    let product = price.maybe_text("product").and_then(|id| books.products.get(id));
    product.and_then(|product| product.maybe_text("name")).unwrap_or("A product that was deleted").to_owned()
}

/// `Visa ending in 4242`.
pub fn card(method: &Value) -> String {
    let card = &method["card"];
    match card.maybe_text("last4") {
        Some(last4) => format!("{} ending in {last4}", brand(card.text("brand"))),
        None => method.text("type").replace('_', " "),
    }
}

/// The brand as it writes itself.
fn brand(code: &str) -> &str {
    match code {
        "amex" => "American Express",
        "discover" => "Discover",
        "mastercard" => "Mastercard",
        "visa" => "Visa",
        other => other,
    }
}

/// `12/2034`.
pub fn expiry(method: &Value) -> String {
    format!("{:02}/{}", method["card"].int("exp_month"), method["card"].int("exp_year"))
}

/// `21 November 2026`.
pub fn day(at: i64) -> String {
    calendar::day(at)
}

/// A coupon's worth: `25 % off for 3 months`.
pub fn coupon(coupon: &Value) -> String {
    let worth = match coupon.get("percent_off").and_then(Value::as_f64) {
        Some(percent) => format!("{percent} % off"),
        None => format!("{} off", amount(coupon.int("amount_off"), coupon.text("currency"))),
    };
    match (coupon.text("duration"), coupon.int("duration_in_months")) {
        ("forever", _) => format!("{worth} forever"),
        ("repeating", 1) => format!("{worth} for a month"),
        ("repeating", months) => format!("{worth} for {months} months"),
        _ => format!("{worth} once"),
    }
}

/// Why somebody leaves, as the API and as people say it.
pub const FEEDBACK: [(&str, &str); 8] = [
    ("too_expensive", "It is too expensive"),
    ("missing_features", "It lacks something I need"),
    ("switched_service", "I found something else"),
    ("unused", "I don't use it enough"),
    ("customer_service", "The support was not good enough"),
    ("too_complex", "It is too hard to use"),
    ("low_quality", "The quality is not good enough"),
    ("other", "Another reason"),
];

//! Invoice items: amounts that wait for the next invoice of a customer or subscription.

use serde_json::{Value, json};

use super::ledger::Source;
use super::line;
use crate::books::Books;
use crate::fields::Fields;

/// A part of a period, to be charged or given back.
#[derive(Debug, Clone, Copy)]
pub struct Proration<'a> {
    pub subscription: &'a Value,
    /// The id of the subscription's item.
    pub item: &'a str,
    /// What is charged or given back, as lines name it.
    pub pricing: &'a Value,
    pub quantity: i64,
    /// Negative for a credit.
    pub amount: i64,
    pub period: (i64, i64),
    /// What a credit gives back from.
    pub credited: Option<&'a Source>,
}

/// Makes a pending invoice item for a proration.
pub fn prorate(books: &mut Books, proration: &Proration<'_>) {
    let Proration { subscription, item, pricing, quantity, amount, period, credited } = *proration;
    let mut made = blank(books, subscription.text("customer"), amount, subscription.text("currency"));
    let product = pricing["price_details"].text("product");
    made["description"] = json!(line::proration_text(books, product, quantity, amount < 0, period.0));
    made["discountable"] = json!(false);
    made["parent"] = json!({
        "type": "subscription_details",
        "subscription_details": {"subscription": subscription["id"], "subscription_item": item},
    });
    made["period"] = json!({"start": period.0, "end": period.1});
    made["pricing"] = pricing.clone();
    made["proration"] = json!(true);
    made["proration_details"] = json!({"credited_items": credited.map(credited_items), "discount_amounts": []});
    made["quantity"] = json!(quantity);
    made["quantity_decimal"] = json!(quantity.to_string());
    books.create(&made);
}

fn credited_items(source: &Source) -> Value {
    match source {
        Source::Item(item) => {
            json!({"invoice_item": item, "invoice_line_item_details": null, "type": "invoice_item"})
        }
        Source::Line { invoice, line } => json!({
            "invoice_item": null, "type": "invoice_line_items",
            "invoice_line_item_details": {"invoice": invoice, "invoice_line_items": [line]},
        }),
    }
}

/// An invoice item over an amount, with nothing said about what for.
pub fn blank(books: &mut Books, customer: &str, amount: i64, currency: &str) -> Value {
    let mut made = json!({
        "id": books.ids.object("ii"), "object": "invoiceitem", "amount": amount, "currency": currency,
        "customer": customer, "customer_account": null, "date": 0, "description": null, "discountable": true,
        "discounts": [], "invoice": null, "livemode": false, "metadata": {}, "net_amount": amount, "parent": null,
        "period": {"end": 0, "start": 0}, "pricing": null, "proration": false, "proration_details": null,
        "quantity": 1, "quantity_decimal": "1", "tax_rates": [], "test_clock": null,
    });
    let now = books.now_of(&made);
    made["date"] = json!(now);
    made["period"] = json!({"end": now, "start": now});
    made["test_clock"] = json!(books.clock_of(&made));
    made
}

/// Which pending items an invoice takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending<'a> {
    /// None.
    Leave,
    /// Those of the subscription, and those of the customer that name no subscription.
    Of(&'a str),
    /// Only those that name no subscription.
    Loose,
}

/// The pending items, oldest first.
pub fn pending(books: &Books, customer: &str, currency: &str, which: Pending<'_>) -> Vec<Value> {
    let is_wanted = |item: &&Value| {
        let of = item["parent"]["subscription_details"].maybe_text("subscription");
        let fits = match which {
            Pending::Leave => false,
            Pending::Of(subscription) => of.is_none_or(|of| of == subscription),
            Pending::Loose => of.is_none(),
        };
        fits && item["invoice"].is_null() && item["currency"] == currency
    };
    let mut found: Vec<Value> = books.invoice_items.of_customer(customer).filter(is_wanted).cloned().collect();
    found.reverse();
    found
}

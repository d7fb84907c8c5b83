//! Lines of invoices.

use serde_json::{Value, json};

use crate::books::Books;
use crate::calendar;
use crate::fields::Fields;
use crate::money;

/// What an item costs for a whole period, before discounts.
pub fn full(item: &Value) -> i64 {
    item["price"].int("unit_amount").saturating_mul(quantity(item))
}

/// How many of its price an item has.
pub fn quantity(item: &Value) -> i64 {
    item.maybe_int("quantity").unwrap_or(1)
}

/// The name of what an item or a price is for.
pub fn product_name<'b>(books: &'b Books, price: &Value) -> &'b str {
    name_of(books, price.text("product"))
}

fn name_of<'b>(books: &'b Books, product: &str) -> &'b str {
    books.products.get(product).and_then(|product| product.maybe_text("name")).unwrap_or("Subscription")
}

/// A line for an item's period. `amount` is what it comes to before discounts.
pub fn for_item(books: &mut Books, item: &Value, amount: i64, period: (i64, i64), is_trial: bool) -> Value {
    let price = &item["price"];
    let name = product_name(books, price).to_owned();
    let quantity = quantity(item);
    let description = if is_trial {
        format!("Trial period for {name}")
    } else {
        let each = money::written(&price["unit_amount"], &price["currency"]);
        format!("{quantity} × {name} (at {each} / {})", every(&price["recurring"]))
    };
    let mut line = blank(books, amount, &price["currency"], &description, period);
    line["metadata"] = item["metadata"].clone();
    line["parent"] = json!({
        "invoice_item_details": null, "type": "subscription_item_details",
        "subscription_item_details": {
            "invoice_item": null, "proration": false, "proration_details": {"credited_items": null},
            "subscription": item["subscription"], "subscription_item": item["id"],
        },
    });
    line["pricing"] = pricing(price);
    line["quantity"] = json!(quantity);
    line["quantity_decimal"] = json!(quantity.to_string());
    line["subscription"] = item["subscription"].clone();
    line
}

/// A line for an invoice item.
pub fn for_invoice_item(books: &mut Books, item: &Value) -> Value {
    let period = (item["period"].int("start"), item["period"].int("end"));
    let mut line = blank(books, item.int("amount"), &item["currency"], item.text("description"), period);
    line["discountable"] = item["discountable"].clone();
    line["metadata"] = item["metadata"].clone();
    line["pricing"] = item["pricing"].clone();
    line["quantity"] = item["quantity"].clone();
    line["quantity_decimal"] = item["quantity_decimal"].clone();
    let of = &item["parent"]["subscription_details"];
    line["subscription"] = of.get("subscription").cloned().unwrap_or_default();
    let credited = &item["proration_details"]["credited_items"]["invoice_line_item_details"];
    let details = json!({
        "invoice_item": item["id"], "proration": item["proration"],
        "proration_details": {"credited_items": credited}, "subscription": line["subscription"],
    });
    line["parent"] = match of.maybe_text("subscription_item") {
        None => json!({
            "invoice_item_details": details, "type": "invoice_item_details", "subscription_item_details": null,
        }),
        Some(of_item) => {
            let mut details = details;
            details["subscription_item"] = json!(of_item);
            json!({
                "invoice_item_details": null, "type": "subscription_item_details",
                "subscription_item_details": details,
            })
        }
    };
    line
}

/// A price as lines and invoice items name it.
pub fn pricing(price: &Value) -> Value {
    json!({
        "price_details": {"price": price["id"], "product": price["product"]}, "type": "price_details",
        "unit_amount_decimal": price["unit_amount_decimal"],
    })
}

fn blank(books: &mut Books, amount: i64, currency: &Value, description: &str, period: (i64, i64)) -> Value {
    json!({
        "id": books.ids.object("il"), "object": "line_item", "amount": amount, "currency": currency,
        "description": description, "discount_amounts": [], "discountable": true, "discounts": [],
        "invoice": null, "livemode": false, "metadata": {}, "parent": null,
        "period": {"start": period.0, "end": period.1}, "pretax_credit_amounts": [], "pricing": null,
        "quantity": null, "quantity_decimal": null, "subscription": null, "subtotal": amount, "taxes": [],
    })
}

fn every(recurring: &Value) -> String {
    let interval = recurring.text("interval");
    match recurring.maybe_int("interval_count") {
        None | Some(1) => interval.to_owned(),
        Some(count) => format!("{count} {interval}s"),
    }
}

/// What a proration is called on an invoice.
pub fn proration_text(books: &Books, product: &str, quantity: i64, is_credit: bool, at: i64) -> String {
    let name = name_of(books, product);
    let what = match quantity {
        1 => name.to_owned(),
        quantity => format!("{quantity} × {name}"),
    };
    let (which, day) = (if is_credit { "Unused" } else { "Remaining" }, calendar::day(at));
    format!("{which} time on {what} after {day}")
}

//! Invoices: the first one of a subscription, paid at once.

use serde_json::{Value, json};

use super::invoice_page;
use super::list;
use super::operation::{Call, Modelled, on};
use crate::books::Books;
use crate::http::errors::ApiError;
use crate::money;

pub const OPERATIONS: &[Modelled] = &[
    on("GET", "/v1/invoices", &["customer", "status", "subscription"], list_all),
    on("GET", "/v1/invoices/{invoice}", &[], retrieve),
];

/// Makes the paid first invoice of a new subscription and returns its id.
pub fn first(books: &mut Books, subscription: &Value, customer: &Value, call: &Call<'_>) -> String {
    let id = books.ids.object("in");
    let items = subscription["items"]["data"].as_array().cloned().unwrap_or_default();
    let lines: Vec<Value> = items.iter().map(|item| line(books, item, &id)).collect();
    let total: i64 = lines.iter().filter_map(|line| line["amount"].as_i64()).sum();
    let sequence = customer["next_invoice_sequence"].as_i64().unwrap_or(1);
    let number = format!("{}-{sequence:04}", customer["invoice_prefix"].as_str().unwrap_or_default());
    let mut invoice = settled(call.now, total);
    invoice["id"] = json!(id);
    invoice["number"] = json!(number);
    invoice_page::open(books, &mut invoice);
    invoice["currency"] = subscription["currency"].clone();
    invoice["customer"] = customer["id"].clone();
    for (of_invoice, of_customer) in [
        ("customer_address", "address"),
        ("customer_email", "email"),
        ("customer_name", "name"),
        ("customer_phone", "phone"),
        ("customer_shipping", "shipping"),
        ("customer_tax_exempt", "tax_exempt"),
    ] {
        invoice[of_invoice] = customer[of_customer].clone();
    }
    invoice["lines"] = json!({
        "object": "list", "has_more": false, "total_count": lines.len(), "data": lines,
        "url": format!("/v1/invoices/{id}/lines"),
    });
    invoice["parent"] = json!({
        "quote_details": null, "type": "subscription_details",
        "subscription_details": {
            "metadata": subscription["metadata"], "subscription": subscription["id"],
        },
    });
    books.create(invoice);
    let mut customer = customer.clone();
    customer["next_invoice_sequence"] = json!(sequence + 1);
    customer["currency"] = subscription["currency"].clone();
    books.update(customer);
    id
}

/// An invoice over `total` that was finalized and paid at `now`, without whose and what for.
fn settled(now: i64, total: i64) -> Value {
    json!({
        "object": "invoice", "account_country": "US", "account_name": "Sandbox", "account_tax_ids": null,
        "amount_due": total, "amount_overpaid": 0, "amount_paid": total, "amount_remaining": 0,
        "amount_shipping": 0, "application": null, "attempt_count": i64::from(total > 0), "attempted": true,
        "auto_advance": false,
        "automatic_tax": {
            "disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null,
        },
        "automatically_finalizes_at": null, "billing_reason": "subscription_create",
        "collection_method": "charge_automatically", "created": now, "custom_fields": null,
        "customer_account": null, "customer_tax_ids": [], "default_payment_method": null, "default_source": null,
        "default_tax_rates": [], "description": null, "discounts": [], "due_date": null, "effective_at": now,
        "ending_balance": 0, "footer": null, "from_invoice": null, "hosted_invoice_url": null,
        "invoice_pdf": null, "issuer": {"type": "self"}, "last_finalization_error": null,
        "latest_revision": null, "livemode": false, "metadata": {}, "next_payment_attempt": null,
        "on_behalf_of": null,
        "payment_settings": {
            "default_mandate": null, "payment_method_options": null, "payment_method_types": null,
        },
        "period_end": now, "period_start": now, "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0, "receipt_number": null, "rendering": null, "shipping_cost": null,
        "shipping_details": null, "starting_balance": 0, "statement_descriptor": null, "status": "paid",
        "status_transitions": {
            "finalized_at": now, "marked_uncollectible_at": null, "paid_at": now, "voided_at": null,
        },
        "subtotal": total, "subtotal_excluding_tax": total, "test_clock": null, "total": total,
        "total_discount_amounts": [], "total_excluding_tax": total, "total_pretax_credit_amounts": [],
        "total_taxes": [], "webhooks_delivered_at": now,
    })
}

fn line(books: &mut Books, item: &Value, invoice: &str) -> Value {
    let price = &item["price"];
    let quantity = item["quantity"].as_i64().unwrap_or(1);
    let amount = price["unit_amount"].as_i64().unwrap_or(0).saturating_mul(quantity);
    let product = price["product"].as_str().and_then(|id| books.products.get(id));
    let name = product.and_then(|product| product["name"].as_str()).unwrap_or("Subscription").to_owned();
    let each = money::written(&price["unit_amount"], &price["currency"]);
    let interval = price["recurring"]["interval"].as_str().unwrap_or_default();
    let description = format!("{quantity} × {name} (at {each} / {interval})");
    json!({
        "id": books.ids.object("il"), "object": "line_item", "amount": amount, "currency": price["currency"],
        "description": description, "discount_amounts": [], "discountable": true, "discounts": [],
        "invoice": invoice, "livemode": false, "metadata": item["metadata"],
        "parent": {
            "invoice_item_details": null, "type": "subscription_item_details",
            "subscription_item_details": {
                "invoice_item": null, "proration": false, "proration_details": {"credited_items": null},
                "subscription": item["subscription"], "subscription_item": item["id"],
            },
        },
        "period": {"end": item["current_period_end"], "start": item["current_period_start"]},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]}, "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": quantity, "quantity_decimal": quantity.to_string(), "subscription": item["subscription"], "subtotal": amount, "taxes": [],
    })
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let found = books.invoices.get(call.id()).cloned();
    found.ok_or_else(|| ApiError::no_such("invoice", call.id(), "id", true))
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let subscription = call.text("subscription");
    list::page(call, books.invoices.newest_first(), |invoice| {
        ["customer", "status"].iter().all(|key| call.text(key).is_none_or(|wanted| invoice[*key] == wanted))
            && subscription.is_none_or(|id| invoice["parent"]["subscription_details"]["subscription"] == id)
    })
}

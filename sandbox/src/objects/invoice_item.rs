//! Invoice items: what the next invoice takes in, or a draft that is named.

use serde_json::{Value, json};

use super::invoice;
use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use crate::billing::invoice_item::blank;
use crate::billing::line;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;

pub const OPERATIONS: &[Modelled] = &[
    on(
        "POST",
        "/v1/invoiceitems",
        &[
            "amount",
            "currency",
            "customer",
            "description",
            "discountable",
            "invoice",
            "metadata",
            "period",
            "pricing",
            "quantity",
            "subscription",
        ],
        create,
    ),
    on("GET", "/v1/invoiceitems", &["customer", "invoice", "pending"], list_all),
    on("GET", "/v1/invoiceitems/{invoiceitem}", &[], retrieve),
    on("POST", "/v1/invoiceitems/{invoiceitem}", &["amount", "description", "metadata"], update),
    on("DELETE", "/v1/invoiceitems/{invoiceitem}", &[], delete),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let customer = call.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    books.customer(customer, "customer")?;
    let mut item = priced(books, call, customer)?;
    item["metadata"] = metadata::merge(&Value::Null, call.params.get("metadata"))?;
    item["discountable"] = json!(call.flag("discountable", true));
    if let Some(description) = call.text("description") {
        item["description"] = json!(description);
    }
    if let Some(period) = call.params.get("period") {
        item["period"] = json!({"start": period["start"], "end": period["end"]});
    }
    if let Some(id) = call.text("subscription") {
        let its = books.subscriptions.living(id).filter(|subscription| subscription["customer"] == customer);
        its.ok_or_else(|| ApiError::no_such("subscription", id, "subscription", false))?;
        item["parent"] = json!({
            "type": "subscription_details", "subscription_details": {"subscription": id, "subscription_item": null},
        });
    }
    match call.text("invoice") {
        None => books.create(&item),
        Some(id) => {
            let draft =
                books.invoices.living(id).filter(|i| i["customer"] == customer && i["status"] == "draft").cloned();
            let draft = draft.ok_or_else(|| ApiError::no_such("invoice", id, "invoice", false))?;
            item["invoice"] = json!(id);
            books.create(&item);
            let line = line::for_invoice_item(books, &item);
            invoice::add_line(books, draft, line);
        }
    }
    Ok(item)
}

/// The item with its amount: given, or of a price and a quantity.
fn priced(books: &mut Books, call: &Call<'_>, customer: &str) -> Result<Value, ApiError> {
    let quantity = call.params.get("quantity").and_then(Value::as_i64).unwrap_or(1);
    let price = call.params.get("pricing").and_then(|pricing| pricing.maybe_text("price"));
    let (amount, price, currency) = match (call.params.get("amount").and_then(Value::as_i64), price) {
        (Some(amount), None) => {
            (amount, None, call.text("currency").ok_or_else(|| ApiError::missing("currency"))?.to_owned())
        }
        (None, Some(id)) => {
            let found = books.prices.living(id).cloned();
            let price = found.ok_or_else(|| ApiError::no_such("price", id, "pricing[price]", false))?;
            let currency = price.text("currency").to_owned();
            (price.int("unit_amount").saturating_mul(quantity), Some(price), currency)
        }
        _ => return Err(ApiError::invalid("amount", "You must pass exactly one of: amount, pricing.")),
    };
    let of_customer = books.customer(customer, "customer")?["currency"].clone();
    if of_customer.is_string() && of_customer != currency.as_str() {
        return Err(ApiError::invalid("currency", "You cannot combine currencies on a single customer."));
    }
    let mut item = blank(books, customer, amount, &currency);
    if let Some(price) = price {
        item["description"] = json!(line::product_name(books, &price));
        item["pricing"] = line::pricing(&price);
        item["quantity"] = json!(quantity);
        item["quantity_decimal"] = json!(quantity.to_string());
    }
    Ok(item)
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let found = books.invoice_items.living(call.id()).cloned();
    found.ok_or_else(|| ApiError::no_such("invoiceitem", call.id(), "invoiceitem", true))
}

fn pending(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let item = retrieve(books, call)?;
    if item["invoice"].is_string() {
        let message =
            "This invoice item is on an invoice and can't be changed; the sandbox changes pending items only.";
        return Err(ApiError::invalid("", message));
    }
    Ok(item)
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut item = pending(books, call)?;
    if let Some(amount) = call.params.get("amount") {
        item["amount"] = amount.clone();
        item["net_amount"] = amount.clone();
    }
    item["metadata"] = metadata::merge(&item["metadata"], call.params.get("metadata"))?;
    call.copy(&["description"], &mut item);
    books.update(item.clone());
    Ok(item)
}

fn delete(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    pending(books, call)?;
    books.remove(call.id()).ok_or_else(|| ApiError::no_such("invoiceitem", call.id(), "invoiceitem", true))
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let (customer, invoice) = (call.text("customer"), call.text("invoice"));
    let pending = call.params.get("pending").and_then(Value::as_bool);
    list::page(call, books.invoice_items.newest_first(), |item| {
        customer.is_none_or(|customer| item["customer"] == customer)
            && invoice.is_none_or(|invoice| item["invoice"] == invoice)
            && pending.is_none_or(|pending| item["invoice"].is_null() == pending)
    })
}

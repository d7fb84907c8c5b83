//! Customers.

use serde_json::{Value, json};

use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use super::payment_method;
use super::search;
use crate::books::Books;
use crate::http::errors::ApiError;
use crate::life::cancel;

const WRITABLE: &[&str] = &[
    "address",
    "balance",
    "business_name",
    "description",
    "email",
    "individual_name",
    "invoice_settings.default_payment_method",
    "metadata",
    "name",
    "payment_method",
    "phone",
    "preferred_locales",
    "shipping",
    "tax_exempt",
    "test_clock",
];
/// The same without what only a new customer takes.
const CHANGEABLE: &[&str] = &[
    "address",
    "balance",
    "business_name",
    "description",
    "email",
    "individual_name",
    "invoice_settings.default_payment_method",
    "metadata",
    "name",
    "phone",
    "preferred_locales",
    "shipping",
    "tax_exempt",
];
const COPIED: &[&str] =
    &["address", "business_name", "description", "email", "individual_name", "name", "phone", "shipping"];

pub const OPERATIONS: &[Modelled] = &[
    on("POST", "/v1/customers", WRITABLE, create),
    on("GET", "/v1/customers", &["email"], list_all),
    on("GET", "/v1/customers/search", &["page", "query"], find),
    on("GET", "/v1/customers/{customer}", &[], retrieve),
    on("POST", "/v1/customers/{customer}", CHANGEABLE, update),
    on("DELETE", "/v1/customers/{customer}", &[], delete),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut customer = json!({
        "object": "customer", "address": null, "balance": 0, "created": call.now, "currency": null,
        "customer_account": null, "default_source": null, "delinquent": false, "description": null,
        "discount": null, "email": null,
        "invoice_settings": {
            "custom_fields": null, "default_payment_method": null, "footer": null, "rendering_options": null,
        },
        "livemode": false, "name": null, "next_invoice_sequence": 1, "phone": null, "preferred_locales": [],
        "shipping": null, "tax_exempt": "none", "test_clock": null,
    });
    if let Some(clock) = call.text("test_clock") {
        let found = books.test_clocks.living(clock);
        found.ok_or_else(|| ApiError::no_such("testclock", clock, "test_clock", false))?;
        customer["test_clock"] = json!(clock);
    }
    write(books, call, &mut customer)?;
    let attached = match call.text("payment_method") {
        None => None,
        Some(given) => Some(payment_method::prepare(books, given, None, "payment_method")?),
    };
    let id = books.ids.object("cus");
    customer["id"] = json!(id);
    customer["invoice_prefix"] = json!(books.ids.invoice_prefix());
    if let Some(method) = attached {
        let method = payment_method::put(books, method, &id, call.now);
        let default = &mut customer["invoice_settings"]["default_payment_method"];
        if !default.is_null() {
            *default = json!(method);
        }
    }
    books.create(&customer);
    Ok(customer)
}

/// Writes what creating and updating share.
fn write(books: &Books, call: &Call<'_>, customer: &mut Value) -> Result<(), ApiError> {
    if let Some(email) = call.text("email") {
        let is_address = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
        if !is_address || email.chars().any(char::is_whitespace) {
            return Err(ApiError::coded("email_invalid", "email", format!("Invalid email address: {email}")));
        }
    }
    let method = call.params.get("invoice_settings").and_then(|settings| settings.get("default_payment_method"));
    if let Some(method) = method.and_then(Value::as_str) {
        let param = "invoice_settings[default_payment_method]";
        let owner = &customer["id"];
        let is_own = books.payment_methods.get(method).is_some_and(|m| !owner.is_null() && m["customer"] == *owner);
        // A new customer may name the one it is made with.
        let is_coming = call.text("payment_method") == Some(method);
        if !method.is_empty() && !is_own && !is_coming {
            return Err(ApiError::no_such("PaymentMethod", method, param, false));
        }
        let value = if method.is_empty() { Value::Null } else { json!(method) };
        customer["invoice_settings"]["default_payment_method"] = value;
    }
    if let Some(balance) = call.params.get("balance") {
        customer["balance"] = balance.clone();
    }
    customer["metadata"] = metadata::merge(&customer["metadata"], call.params.get("metadata"))?;
    call.copy(COPIED, customer);
    complete(&mut customer["address"]);
    if let Some(address) = customer["shipping"].get_mut("address") {
        complete(address);
    }
    if let Some(locales) = call.params.get("preferred_locales") {
        customer["preferred_locales"] = locales.clone();
    }
    if let Some(exempt) = call.params.get("tax_exempt") {
        customer["tax_exempt"] = if exempt == "" { json!("none") } else { exempt.clone() };
    }
    Ok(())
}

/// Stripe answers every key of an address, null where nothing was given.
fn complete(address: &mut Value) {
    if let Value::Object(address) = address {
        for key in ["city", "country", "line1", "line2", "postal_code", "state"] {
            address.entry(key).or_insert(Value::Null);
        }
    }
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    // A deleted customer is still found, as its stub.
    let found = books.customers.get(call.id()).cloned();
    found.ok_or_else(|| ApiError::no_such("customer", call.id(), "id", true))
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let found = books.customers.living(call.id()).cloned();
    let mut customer = found.ok_or_else(|| ApiError::no_such("customer", call.id(), "id", true))?;
    write(books, call, &mut customer)?;
    books.update(customer.clone());
    Ok(customer)
}

fn delete(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    end(books, call.id()).ok_or_else(|| ApiError::no_such("customer", call.id(), "id", true))
}

/// Deletes a customer: ends the subscriptions, lets go of the payment methods.
pub fn end(books: &mut Books, id: &str) -> Option<Value> {
    books.customers.living(id)?;
    let subscriptions: Vec<Value> = books.subscriptions.of_customer(id).cloned().collect();
    for subscription in subscriptions {
        cancel::end(books, subscription, "cancellation_requested");
    }
    let methods: Vec<Value> = books.payment_methods.of_customer(id).cloned().collect();
    for method in methods {
        payment_method::let_go(books, method);
    }
    books.remove(id)
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let email = call.text("email");
    list::page(call, books.customers.newest_first(), |customer| email.is_none_or(|email| customer["email"] == email))
}

fn find(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    search::page(call, &["created", "email", "metadata", "name", "phone"], books.customers.newest_first())
}

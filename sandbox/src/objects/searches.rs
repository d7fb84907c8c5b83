//! Search of nouns that have their own files for everything else.

use serde_json::Value;

use super::operation::{Call, Modelled, on};
use super::search;
use crate::books::Books;
use crate::http::errors::ApiError;

const PARAMS: &[&str] = &["page", "query"];

pub const OPERATIONS: &[Modelled] = &[
    on("GET", "/v1/invoices/search", PARAMS, invoices),
    on("GET", "/v1/payment_intents/search", PARAMS, payment_intents),
    on("GET", "/v1/prices/search", PARAMS, prices),
    on("GET", "/v1/products/search", PARAMS, products),
    on("GET", "/v1/subscriptions/search", PARAMS, subscriptions),
];

fn invoices(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let fields = ["created", "currency", "customer", "metadata", "number", "receipt_number", "status", "total"];
    search::page(call, &fields, books.invoices.newest_first())
}

fn payment_intents(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let fields = ["amount", "created", "currency", "customer", "metadata", "status"];
    search::page(call, &fields, books.payment_intents.newest_first())
}

fn prices(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let fields = ["active", "currency", "lookup_key", "metadata", "product", "type"];
    search::page(call, &fields, books.prices.newest_first())
}

fn products(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let fields = ["active", "description", "metadata", "name", "shippable", "url"];
    search::page(call, &fields, books.products.newest_first())
}

fn subscriptions(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    search::page(call, &["created", "metadata", "status"], books.subscriptions.newest_first())
}

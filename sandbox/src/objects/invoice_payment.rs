//! Invoice payments: which payment intent pays which invoice.

use serde_json::Value;

use super::list;
use super::operation::{Call, Modelled, on};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;

pub const OPERATIONS: &[Modelled] = &[
    on("GET", "/v1/invoice_payments", &["invoice", "payment", "status"], list_all),
    on("GET", "/v1/invoice_payments/{invoice_payment}", &[], retrieve),
];

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let found = books.invoice_payments.get(call.id()).cloned();
    found.ok_or_else(|| ApiError::no_such("invoice_payment", call.id(), "invoice_payment", true))
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let (invoice, status) = (call.text("invoice"), call.text("status"));
    let intent = call.params.get("payment").and_then(|payment| payment.maybe_text("payment_intent"));
    list::page(call, books.invoice_payments.newest_first(), |payment| {
        invoice.is_none_or(|invoice| payment["invoice"] == invoice)
            && status.is_none_or(|status| payment["status"] == status)
            && intent.is_none_or(|intent| payment["payment"]["payment_intent"] == intent)
    })
}

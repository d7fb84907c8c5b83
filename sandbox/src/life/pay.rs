//! Paying, by a request or by a person on a hosted page.

use serde_json::Value;

use crate::billing::collect::{By, Uncollected, collect, conclude};
use crate::billing::{finalize, settle};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::payments::intent::{self, Outcome};

/// Pays an open or uncollectible invoice with a card, or the default one. A draft is finalized
/// first. Also says why it was not paid; what the try did is to be kept then too.
///
/// # Errors
/// 404 when it is not there, 400 when it can't be paid in its status.
pub fn pay_invoice(
    books: &mut Books,
    id: &str,
    method: Option<&str>,
) -> Result<(Value, Option<Uncollected>), ApiError> {
    let invoice = payable(books, id)?;
    if invoice["status"] == "paid" {
        return Ok((invoice, None));
    }
    Ok(collect(books, invoice, method, By::Hand))
}

/// Notes that an invoice was paid outside of Stripe.
///
/// # Errors
/// As [`pay_invoice`].
pub fn pay_out_of_band(books: &mut Books, id: &str) -> Result<Value, ApiError> {
    let mut invoice = payable(books, id)?;
    if invoice["status"] == "paid" {
        return Ok(invoice);
    }
    let intent = settle::payment_of(books, id).map(|payment| payment["payment"].text("payment_intent").to_owned());
    if let Some(intent) = intent {
        intent::cancel(books, &intent, Some("automatic"));
    }
    invoice["amount_paid_off_stripe"] = invoice["amount_due"].clone();
    Ok(settle::paid(books, invoice))
}

fn payable(books: &mut Books, id: &str) -> Result<Value, ApiError> {
    let found = books.invoices.living(id).cloned();
    let invoice = found.ok_or_else(|| ApiError::no_such("invoice", id, "invoice", true))?;
    match invoice.text("status") {
        "draft" => Ok(finalize::finalize(books, invoice)),
        "open" | "uncollectible" => Ok(invoice),
        "paid" => Err(ApiError::coded("invoice_already_paid", "", "Invoice is already paid")),
        _ => Err(ApiError::invalid("", "This invoice can't be paid: it is void.")),
    }
}

/// Draws the conclusions from what became of an intent for the invoice it is for, if it is.
pub fn follow_intent(books: &mut Books, intent: &str, outcome: Outcome) {
    let invoice = settle::payment_of(books, intent).map(|payment| payment.text("invoice").to_owned());
    let open = invoice
        .and_then(|id| books.invoices.living(&id))
        .filter(|i| ["open", "uncollectible"].contains(&i.text("status")));
    if let Some(invoice) = open.cloned() {
        let _ = conclude(books, invoice, Some(outcome), By::Hand);
    }
}

/// The customer's answer to 3-D Secure, with what follows for the invoice. False when nothing
/// was asked.
pub fn answer_challenge(books: &mut Books, intent: &str, is_passed: bool) -> bool {
    match intent::answer_challenge(books, intent, is_passed) {
        Some(outcome) => {
            follow_intent(books, intent, outcome);
            true
        }
        None => false,
    }
}

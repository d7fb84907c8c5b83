//! Refunds: money of a charge that goes back.

use serde_json::{Value, json};

use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;

pub const OPERATIONS: &[Modelled] = &[
    on("POST", "/v1/refunds", &["amount", "charge", "metadata", "payment_intent", "reason"], create),
    on("GET", "/v1/refunds", &["charge", "payment_intent"], list_all),
    on("GET", "/v1/refunds/{refund}", &[], retrieve),
    on("POST", "/v1/refunds/{refund}", &["metadata"], update),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut charge = charge(books, call)?;
    let left = charge.int("amount_captured") - charge.int("amount_refunded");
    let amount = call.params.get("amount").and_then(Value::as_i64).unwrap_or(left);
    if left == 0 {
        let message = format!("Charge {} has already been refunded.", charge.id());
        return Err(ApiError::coded("charge_already_refunded", "", message));
    }
    if amount < 1 {
        return Err(ApiError::coded("parameter_invalid_integer", "amount", "Invalid positive integer"));
    }
    if amount > left {
        let message = format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left})");
        return Err(ApiError::invalid("amount", message));
    }
    let id = books.ids.object("re");
    let refund = json!({
        "id": id, "object": "refund", "amount": amount, "balance_transaction": null, "charge": charge["id"],
        "created": books.now_of(&charge), "currency": charge["currency"],
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": metadata::merge(&Value::Null, call.params.get("metadata"))?,
        "payment_intent": charge["payment_intent"], "reason": call.or_null("reason"), "receipt_number": null,
        "source_transfer_reversal": null, "status": "succeeded", "transfer_reversal": null,
    });
    books.create(&refund);
    charge["amount_refunded"] = json!(charge.int("amount_refunded") + amount);
    charge["refunded"] = json!(amount == left);
    books.transition(charge, &["charge.refunded"]);
    Ok(refund)
}

fn charge(books: &Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let (param, id) = match (call.text("charge"), call.text("payment_intent")) {
        (Some(id), None) => ("charge", id),
        (None, Some(id)) => {
            let intent = books.payment_intents.get(id);
            let intent = intent.ok_or_else(|| ApiError::no_such("payment_intent", id, "payment_intent", false))?;
            ("payment_intent", intent.text("latest_charge"))
        }
        _ => {
            let message = "One of the following params should be provided for this request: payment_intent or charge.";
            return Err(ApiError::invalid("", message));
        }
    };
    let found = books.charges.get(id).filter(|charge| charge.is("captured"));
    found.cloned().ok_or_else(|| ApiError::invalid(param, "This has no successful charge to refund."))
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let found = books.refunds.get(call.id()).cloned();
    found.ok_or_else(|| ApiError::no_such("refund", call.id(), "refund", true))
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut refund = retrieve(books, call)?;
    refund["metadata"] = metadata::merge(&refund["metadata"], call.params.get("metadata"))?;
    books.update(refund.clone());
    Ok(refund)
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    list::page(call, books.refunds.newest_first(), |refund| {
        ["charge", "payment_intent"].iter().all(|key| call.text(key).is_none_or(|wanted| refund[*key] == wanted))
    })
}

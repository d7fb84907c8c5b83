//! Charges: one for every try of a payment intent that reached the card.

use serde_json::{Value, json};

use super::cards::Decline;
use crate::books::Books;
use crate::fields::Fields;

/// Makes the charge of an intent's try, kept or refused, and returns its id.
pub fn make(books: &mut Books, intent: &Value, method: &Value, refusal: Option<Decline>, is_captured: bool) -> String {
    let id = books.ids.object("ch");
    let is_good = refusal.is_none();
    let amount = intent.int("amount");
    let charge = json!({
        "id": id, "object": "charge", "amount": amount,
        "amount_captured": if is_good && is_captured { amount } else { 0 }, "amount_refunded": 0,
        "application": null, "application_fee": null, "application_fee_amount": null, "balance_transaction": null,
        "billing_details": method["billing_details"], "calculated_statement_descriptor": "SANDBOX",
        "captured": is_good && is_captured, "created": books.now_of(intent), "currency": intent["currency"],
        "customer": intent["customer"], "description": intent["description"], "disputed": false,
        "failure_balance_transaction": null, "failure_code": refusal.map(|r| r.code),
        "failure_message": refusal.map(|r| r.message), "livemode": false, "metadata": intent["metadata"],
        "on_behalf_of": null, "outcome": outcome(refusal), "paid": is_good, "payment_intent": intent["id"],
        "payment_method": method["id"], "payment_method_details": details(method), "receipt_email": null,
        "receipt_number": null, "receipt_url": null, "refunded": false, "review": null, "shipping": null,
        "source": null, "source_transfer": null, "statement_descriptor": null, "statement_descriptor_suffix": null,
        "status": if is_good { "succeeded" } else { "failed" }, "transfer_data": null, "transfer_group": null,
    });
    books.store(&charge);
    books.emit(if is_good { "charge.succeeded" } else { "charge.failed" }, &charge, None);
    id
}

fn outcome(refusal: Option<Decline>) -> Value {
    let reason = refusal.map(|r| if r.decline_code.is_empty() { r.code } else { r.decline_code });
    json!({
        "advice_code": null, "network_advice_code": null, "network_decline_code": null,
        "network_status": if refusal.is_some() { "declined_by_network" } else { "approved_by_network" },
        "reason": reason, "risk_level": "normal", "risk_score": null,
        "seller_message": if refusal.is_some() { "The bank refused the payment." } else { "Payment complete." },
        "type": if refusal.is_some() { "issuer_declined" } else { "authorized" },
    })
}

fn details(method: &Value) -> Value {
    let card = &method["card"];
    json!({
        "type": "card",
        "card": {
            "brand": card["brand"], "checks": card["checks"], "country": card["country"],
            "exp_month": card["exp_month"], "exp_year": card["exp_year"], "funding": card["funding"],
            "last4": card["last4"], "network": card["brand"],
        },
    })
}

/// Captures a charge that was only authorized.
pub fn capture(books: &mut Books, id: &str, amount: i64) {
    if let Some(mut charge) = books.charges.get(id).cloned() {
        charge["amount_captured"] = json!(amount);
        charge["captured"] = json!(true);
        books.transition(charge, &["charge.captured"]);
    }
}

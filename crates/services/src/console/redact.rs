//! A provider's event as an operator may read it: what happened, and nothing of people.
//!
//! What must hold: a value is shown if its key is known to hold no personal data and no secret, *and*
//! it looks like what such a key holds; everything else is hidden. A key that the provider invents
//! tomorrow is hidden until somebody put it on the list.

use serde_json::{Map, Value};

/// Stands for what is hidden.
const HIDDEN: &str = "[hidden]";
/// Longer than any event that is read by people, in characters.
const LONGEST: usize = 60_000;

/// Keys whose values are identifiers, states, amounts or times.
const SHOWN: &[&str] = &[
    "account",
    "aggregate_usage",
    "amount",
    "amount_discount",
    "amount_due",
    "amount_overpaid",
    "amount_paid",
    "amount_refunded",
    "amount_remaining",
    "amount_shipping",
    "amount_subtotal",
    "amount_tax",
    "amount_total",
    "api_version",
    "attempt_count",
    "billing_cycle_anchor",
    "billing_reason",
    "billing_scheme",
    "cancel_at",
    "canceled_at",
    "charge",
    "client_reference_id",
    "code",
    "collection_method",
    "created",
    "currency",
    "current_period_end",
    "current_period_start",
    "customer",
    "days_until_due",
    "decline_code",
    "default_payment_method",
    "due_date",
    "effective_at",
    "end",
    "ended_at",
    "ending_balance",
    "expires_at",
    "finalized_at",
    "id",
    "interval",
    "interval_count",
    "invoice",
    "latest_invoice",
    "marked_uncollectible_at",
    "mode",
    "network_status",
    "next_payment_attempt",
    "number",
    "object",
    "paid_at",
    "parent",
    "payment_intent",
    "payment_method",
    "payment_status",
    "pending_webhooks",
    "percent_off",
    "period_end",
    "period_start",
    "plan",
    "portico_organization",
    "portico_plan",
    "price",
    "pricing_type",
    "proration_behavior",
    "product",
    "quantity",
    "reason",
    "request",
    "setup_intent",
    "start",
    "start_date",
    "starting_balance",
    "status",
    "subscription",
    "subscription_item",
    "subtotal",
    "tax",
    "total",
    "total_excluding_tax",
    "trial_end",
    "trial_start",
    "type",
    "unit_amount",
    "unit_amount_decimal",
    "usage_type",
    "voided_at",
    "webhooks_delivered_at",
];

/// Maps that people fill with keys of their own, which may say as much as values: of those, ours are shown.
const FREE: &[&str] = &["metadata", "custom_text"];
const OURS: &str = "portico_";

/// The event as text, indented; none when it is no JSON.
pub(super) fn redact(body: &[u8]) -> Option<String> {
    let event: Value = serde_json::from_slice(body).ok()?;
    let shown = serde_json::to_string_pretty(&value("", event)).ok()?;
    if shown.chars().count() <= LONGEST {
        return Some(shown);
    }
    Some(shown.chars().take(LONGEST).chain("\n…".chars()).collect())
}

fn value(key: &str, given: Value) -> Value {
    match given {
        Value::Object(fields) => Value::Object(object(key, fields)),
        Value::Array(items) => Value::Array(items.into_iter().map(|item| value(key, item)).collect()),
        Value::Null | Value::Bool(_) => given,
        Value::Number(_) if SHOWN.contains(&key) => given,
        Value::String(ref text) if SHOWN.contains(&key) && is_plain(text) => given,
        Value::Number(_) | Value::String(_) => HIDDEN.into(),
    }
}

fn object(key: &str, fields: Map<String, Value>) -> Map<String, Value> {
    let is_free = FREE.contains(&key);
    let count = fields.len();
    let mut shown: Map<String, Value> = fields
        .into_iter()
        .filter(|(name, _)| is_plain(name) && (!is_free || name.starts_with(OURS)))
        .map(|(name, given)| {
            let given = value(&name, given);
            (name, given)
        })
        .collect();
    if shown.len() < count {
        shown.insert("…".to_owned(), HIDDEN.into());
    }
    shown
}

/// Letters, digits and the signs that identifiers have: no address, no name of two words, no link.
fn is_plain(text: &str) -> bool {
    text.len() <= 128 && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(event: &Value) -> Value {
        serde_json::from_str(&redact(event.to_string().as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn w06_what_happened_is_shown_and_people_are_not() {
        let event = json!({
            "id": "evt_1", "object": "event", "type": "invoice.paid", "livemode": false, "created": 1_795_219_200,
            "data": {"object": {
                "id": "in_1", "customer": "cus_1", "amount_paid": 4900, "currency": "usd", "status": "paid",
                "customer_email": "ann@acme.test", "customer_name": "Ann Smith", "customer_phone": "+49 30 1234567",
                "customer_address": {"line1": "Main Street 1", "city": "Berlin", "postal_code": "10115", "country": "DE"},
                "hosted_invoice_url": "https://pay.example/i/secret", "invoice_pdf": "https://pay.example/i/secret/pdf",
                "description": "For Ann", "receipt_number": "1234-5678",
                "metadata": {"portico_organization": "0b5c", "Ann Smith's note": "call +49", "number": "4930123456"},
                "payment_method_details": {"card": {"last4": "4242", "exp_month": 4, "exp_year": 2031,
                    "fingerprint": "Xt5EWLLDS7FJjR1c", "brand": "visa"}},
                "client_secret": "pi_1_secret_2", "ip_address": "203.0.113.7",
            }},
        });
        let got = shown(&event);
        let object = &got["data"]["object"];
        assert_eq!(got["type"], "invoice.paid");
        assert_eq!((&object["customer"], &object["amount_paid"]), (&json!("cus_1"), &json!(4900)));
        assert_eq!(object["metadata"], json!({"portico_organization": "0b5c", "…": HIDDEN}));
        for (key, want) in [("customer_address", "line1"), ("payment_method_details", "card")] {
            assert!(object[key].get(want).is_some(), "its keys are no secret: {key}");
        }
        let text = got.to_string();
        for secret in [
            "ann@",
            "Ann",
            "Smith",
            "+49",
            "Main Street",
            "Berlin",
            "10115",
            "\"DE\"",
            "4242",
            "2031",
            "Xt5EW",
            "secret_2",
            "203.0.113.7",
            "pay.example",
            "1234-5678",
            "visa",
            "4930123456",
        ] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }

    #[test]
    fn w06_a_known_key_with_something_else_in_it_is_hidden() {
        for hidden in
            ["ann@acme.test", "Ann Smith", "https://x.test/?secret", "+49301234567", "a/b", &"x".repeat(129), "ä"]
        {
            for key in ["id", "status", "type", "customer", "number", "reason", "code"] {
                assert_eq!(shown(&json!({key: hidden}))[key], HIDDEN, "{key}: {hidden}");
                assert_eq!(
                    shown(&json!({key: [hidden, {"status": hidden}]}))[key],
                    json!([HIDDEN, {"status": HIDDEN}])
                );
            }
        }
        // A key may be somebody's address as well.
        assert_eq!(
            shown(&json!({"previous_attributes": {"ann@acme.test": 1}})),
            json!({"previous_attributes": {"…": HIDDEN}})
        );
    }

    #[test]
    fn w06_an_unknown_key_is_hidden_whatever_it_holds() {
        for given in [json!("visa"), json!(4242), json!([1, "x"]), json!("")] {
            let text = shown(&json!({"invented_tomorrow": given})).to_string();
            assert!(!text.contains("visa") && !text.contains("4242") && !text.contains('1'), "{text}");
        }
    }

    #[test]
    fn what_is_no_event_is_nothing_and_a_long_one_is_cut() {
        for body in [&b""[..], b"{", b"\xff", b"ann@acme.test"] {
            assert_eq!(redact(body), None);
        }
        let long = json!({"data": (0..20_000).map(|n| json!({"id": format!("x{n}")})).collect::<Vec<_>>()});
        assert_eq!(redact(long.to_string().as_bytes()).unwrap().chars().count(), LONGEST + 2);
    }
}

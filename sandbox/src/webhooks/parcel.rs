//! What one attempt sends: the event's bytes and their signature.

use serde_json::{Value, json};

use super::delivery::Delivery;
use super::mishap::{Mishap, MishapKind};
use super::signature;

/// A secret that nobody has.
const NOBODYS: &str = "whsec_sandbox_wrong_secret";

/// What one attempt sends. The signature is over exactly these bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Parcel {
    pub body: Vec<u8>,
    pub signature: String,
    /// It is not to leave at all.
    pub is_lost: bool,
}

/// Packs `event` for the next attempt of a delivery, at `now`. `pending` is the event's
/// `pending_webhooks` at this moment.
pub fn pack(event: &Value, delivery: &Delivery, pending: u64, secrets: &[&str], now: i64) -> Parcel {
    let mut event = event.clone();
    event["pending_webhooks"] = json!(pending);
    let mishap = delivery.mishap.as_ref();
    let text = |mishap: &Mishap, usual: &str| json!(mishap.text.as_deref().unwrap_or(usual));
    match mishap.map(|mishap| (mishap, mishap.kind)) {
        Some((mishap, MishapKind::ApiVersion)) => event["api_version"] = text(mishap, "2024-06-20"),
        Some((mishap, MishapKind::UnknownType)) => event["type"] = text(mishap, "sandbox.unknown"),
        _ => {}
    }
    let body = event.to_string().into_bytes();
    let (mut timestamp, mut secrets, mut is_lost) = (now, secrets, false);
    if let Some(mishap) = mishap.filter(|_| delivery.attempts.is_empty()) {
        match mishap.kind {
            MishapKind::StaleTimestamp => timestamp = now.saturating_sub(mishap.number()),
            MishapKind::WrongSecret => secrets = &[NOBODYS],
            MishapKind::Lose => is_lost = true,
            _ => {}
        }
    }
    let signature = signature::header(timestamp, &body, secrets);
    Parcel { body, signature, is_lost }
}

#[cfg(test)]
mod tests {
    use super::pack;
    use crate::webhooks::delivery::{Attempt, Delivery, State};
    use crate::webhooks::signature::header;
    use serde_json::{Value, json};

    const NOW: i64 = 1_795_219_200;

    fn delivery(mishap: Value) -> Delivery {
        Delivery {
            id: 1,
            event: "evt_1".into(),
            event_type: "invoice.paid".into(),
            target: "default".into(),
            state: State::Waiting,
            due: NOW,
            turn: 1,
            counts: true,
            mishap: serde_json::from_value(mishap).unwrap(),
            attempts: vec![],
        }
    }

    fn event() -> Value {
        json!({"id": "evt_1", "type": "invoice.paid", "api_version": "2026-09-30.endive", "pending_webhooks": 0})
    }

    #[test]
    fn what_is_signed_is_what_is_sent() {
        let parcel = pack(&event(), &delivery(Value::Null), 2, &["whsec_a", "whsec_b"], NOW);
        assert_eq!(parcel.signature, header(NOW, &parcel.body, &["whsec_a", "whsec_b"]));
        let read: Value = serde_json::from_slice(&parcel.body).unwrap();
        assert_eq!((&read["pending_webhooks"], &read["type"]), (&json!(2), &json!("invoice.paid")));
    }

    #[test]
    fn a_mishap_of_the_sending_spoils_the_first_attempt_only() {
        let good = pack(&event(), &delivery(Value::Null), 1, &["whsec_a"], NOW);
        for kind in ["lose", "stale_timestamp", "wrong_secret"] {
            let mut delivery = delivery(json!({"kind": kind}));
            let first = pack(&event(), &delivery, 1, &["whsec_a"], NOW);
            assert_eq!(first.is_lost, kind == "lose");
            assert_eq!(first.signature == good.signature, kind == "lose", "{kind}");
            assert_eq!(first.body, good.body);
            delivery.attempts.push(Attempt { at: NOW, status: Some(400), latency_ms: 1, error: None, signature: None });
            assert_eq!(pack(&event(), &delivery, 1, &["whsec_a"], NOW), good, "{kind}");
        }
    }

    #[test]
    fn a_mishap_of_the_event_is_signed_rightly() {
        for (kind, key) in [("api_version", "api_version"), ("unknown_type", "type")] {
            let parcel = pack(&event(), &delivery(json!({"kind": kind, "text": "x.y"})), 1, &["whsec_a"], NOW);
            let read: Value = serde_json::from_slice(&parcel.body).unwrap();
            assert_eq!(read[key], "x.y");
            assert_eq!(parcel.signature, header(NOW, &parcel.body, &["whsec_a"]));
        }
    }
}

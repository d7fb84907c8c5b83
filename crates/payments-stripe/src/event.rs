//! Events, read leniently: only what we need, and nothing in them can make reading fail but that
//! they are no event at all (async-stripe's own reader turns what it does not know into an error).

use domain::{CustomerId, Timestamp, billing::event::ProviderEvent};
use serde_json::Value;

use crate::ORG_METADATA;

/// Longer than any id or type of Stripe's.
const LONGEST: usize = 255;

pub(crate) fn read(body: &[u8]) -> Option<ProviderEvent> {
    let event: Value = serde_json::from_slice(body).ok()?;
    let object = &event["data"]["object"];
    // A customer by its id, or expanded; an event about a customer is about itself.
    let customer = match &object["customer"] {
        Value::Null if object["object"] == "customer" => &object["id"],
        Value::Object(whole) => whole.get("id").unwrap_or(&Value::Null),
        id => id,
    };
    let claimed = [&object["metadata"][ORG_METADATA], &object["client_reference_id"]];
    Some(ProviderEvent {
        id: text(&event["id"]).filter(|_| event["object"] == "event")?,
        kind: text(&event["type"])?,
        created: Timestamp::from_millis(event["created"].as_i64().unwrap_or(0).saturating_mul(1000)),
        // Absent is not live: nothing is applied to a live product by it.
        livemode: event["livemode"].as_bool().unwrap_or(false),
        api_version: text(&event["api_version"]),
        account: text(&event["account"]),
        customer: text(customer).map(CustomerId::from_trusted),
        organization: claimed.into_iter().find_map(text),
    })
}

/// A text that a database takes.
fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    (!text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAID: &str = r#"{"id":"evt_1","object":"event","type":"invoice.paid","created":1795219200,"livemode":false,
        "api_version":"2026-09-30.endive","data":{"object":{"id":"in_1","object":"invoice","customer":"cus_1"}}}"#;

    fn with(from: &str, to: &str) -> Option<ProviderEvent> {
        assert!(PAID.contains(from), "{from}");
        read(PAID.replace(from, to).as_bytes())
    }

    #[test]
    fn w08_what_we_need_is_read_and_the_rest_may_be_anything() {
        let event = read(PAID.as_bytes()).unwrap();
        assert_eq!((event.id.as_str(), event.kind.as_str()), ("evt_1", "invoice.paid"));
        assert_eq!(event.customer, Some(CustomerId::from_trusted("cus_1")));
        assert_eq!((event.created.as_seconds(), event.livemode), (1_795_219_200, false));
        assert_eq!(event.api_version.as_deref(), Some("2026-09-30.endive"));
        let changed = with(r#""object":"invoice""#, r#""new":{"kind":["of",null,1e9]},"object":7"#).unwrap();
        assert_eq!(changed.customer, event.customer);
        assert_eq!(with(r#""cus_1""#, r#"{"id":"cus_1","name":"x"}"#).unwrap().customer, event.customer);
        assert_eq!(with(r#""customer":"cus_1""#, r#""customer":null"#).unwrap().customer, None);
        assert_eq!(with(r#""customer":"cus_1""#, r#""customer":17"#).unwrap().customer, None);
        let itself =
            with(r#""id":"in_1","object":"invoice","customer":"cus_1""#, r#""id":"cus_9","object":"customer""#);
        assert_eq!(itself.unwrap().customer, Some(CustomerId::from_trusted("cus_9")));
    }

    #[test]
    fn w07_whom_it_names_is_read_to_be_compared() {
        let claims =
            |more: &str| with(r#""customer":"cus_1""#, &format!(r#""customer":"cus_1",{more}"#)).unwrap().organization;
        assert_eq!(claims(r#""metadata":{"portico_organization":"b"}"#).as_deref(), Some("b"));
        assert_eq!(claims(r#""client_reference_id":"b""#).as_deref(), Some("b"));
        assert_eq!(claims(r#""metadata":{}"#), None);
        assert_eq!(claims(r#""metadata":["portico_organization"],"client_reference_id":null"#), None);
    }

    #[test]
    fn what_is_no_event_is_none() {
        for body in ["", "{", "[]", "null", "\"evt_1\"", r#"{"id":"evt_1","type":"invoice.paid"}"#, "\u{fffd}"] {
            assert_eq!(read(body.as_bytes()), None, "{body}");
        }
        assert_eq!(read(&[0xff, 0xfe]), None);
        assert_eq!(with(r#""evt_1""#, r#""evt_\u0000""#), None);
        assert_eq!(with(r#""evt_1""#, &format!("\"{}\"", "e".repeat(256))), None);
        assert_eq!(with(r#""evt_1""#, "1"), None);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&body);
        }
    }
}

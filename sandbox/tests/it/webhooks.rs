//! Events reach those who listen, signed, in order, again after a failure, and wrongly on request.

use serde_json::{Value, json};

use crate::receiver::{Receiver, receiver};
use crate::started::{START, Started, answered, id, start, start_with};

impl Started {
    async fn control(&self, path: &str, body: Value) -> Value {
        let (status, answer) = answered(self.http.post(self.at(path)).json(&body)).await;
        assert_eq!(status, 200, "{path} {body}: {answer}");
        answer
    }

    async fn listen(&self, to: &Receiver) {
        self.control("/_sandbox/webhooks", json!({"url": to.url, "secret": "whsec_sandbox"})).await;
    }

    /// The deliveries, once none waits any more or one waits for the clock.
    async fn deliveries(&self, settled: impl Fn(&Value) -> bool) -> Vec<Value> {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        loop {
            let rows = self.get("/_sandbox/webhooks/deliveries").await.1;
            let rows = rows.as_array().unwrap().clone();
            if !rows.is_empty() && rows.iter().all(&settled) {
                return rows;
            }
            assert!(std::time::Instant::now() < deadline, "{rows:?}");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
}

fn is_delivered(row: &Value) -> bool {
    row["state"] == "delivered"
}

fn types(received: &[crate::receiver::Received]) -> Vec<String> {
    received.iter().map(|one| one.event["type"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_event_arrives_signed_and_is_counted_down() {
    let (sandbox, receiver) = (start().await, receiver(&[]).await);
    sandbox.listen(&receiver).await;
    let customer = sandbox.customer().await;
    let received = receiver.after(1).await;
    let event = &received[0].event;
    assert_eq!((&event["type"], &event["data"]["object"]["id"]), (&json!("customer.created"), &json!(customer)));
    assert_eq!((&event["pending_webhooks"], &event["api_version"]), (&json!(1), &json!("2026-09-30.endive")));
    assert!(received[0].signature.starts_with(&format!("t={START},v1=")), "{}", received[0].signature);
    let rows = sandbox.deliveries(is_delivered).await;
    assert_eq!((rows.len(), &rows[0]["event"], &rows[0]["target"]), (1, &event["id"], &json!("default")));
    let attempt = &rows[0]["attempts"][0];
    assert_eq!((&attempt["status"], &attempt["signature"]), (&json!(200), &json!(received[0].signature)));
    assert!(attempt["latency_ms"].as_u64().unwrap() < 10_000);
    let kept = sandbox.get(&format!("/v1/events/{}", event["id"].as_str().unwrap())).await.1;
    assert_eq!(kept["pending_webhooks"], 0);
    assert_eq!(kept["data"], event["data"]);
    sandbox.end().await;
}

#[tokio::test]
async fn endpoints_get_what_they_enabled_and_show_their_secret_once() {
    let (sandbox, some, all) = (start().await, receiver(&[]).await, receiver(&[]).await);
    let fields = [("url", some.url.as_str()), ("enabled_events[]", "product.created"), ("description", "some")];
    let made = sandbox.made("/v1/webhook_endpoints", &fields).await;
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() == 38, "{secret}");
    let path = format!("/v1/webhook_endpoints/{}", id(&made));
    assert_eq!(sandbox.get(&path).await.1.get("secret"), None);
    sandbox.made("/v1/webhook_endpoints", &[("url", &all.url), ("enabled_events[]", "*")]).await;
    sandbox.customer().await;
    let product = sandbox.made("/v1/products", &[("name", "Pro")]).await;
    assert_eq!(types(&all.after(2).await), ["customer.created", "product.created"]);
    let received = some.after(1).await;
    assert_eq!(received[0].event["data"]["object"]["id"], product["id"]);
    sandbox.deliveries(is_delivered).await;

    sandbox.made(&path, &[("disabled", "true")]).await;
    sandbox.made("/v1/products", &[("name", "Team")]).await;
    all.after(3).await;
    sandbox.deliveries(is_delivered).await;
    assert_eq!(some.received().len(), 1);
    let (status, body) = sandbox.post(&path, &[("enabled_events", "")]).await;
    assert_eq!((status.as_u16(), &body["error"]["param"]), (400, &json!("enabled_events")));
    let other = [("url", "http://127.0.0.1/"), ("enabled_events[]", "*"), ("api_version", "2024-06-20")];
    assert_eq!(sandbox.post("/v1/webhook_endpoints", &other).await.0, 501);
    assert_eq!(sandbox.delete(&path).await.1["deleted"], true);
    assert_eq!(sandbox.get(&path).await.0, 404);
    sandbox.end().await;
}

#[tokio::test]
async fn a_failure_is_retried_by_the_clock_with_growing_pauses() {
    let (sandbox, receiver) = (start().await, receiver(&[500, 302, 200]).await);
    sandbox.listen(&receiver).await;
    sandbox.customer().await;
    let waits_until = |due: i64| move |row: &Value| row["state"] == "waiting" && row["due"] == due;
    let rows = sandbox.deliveries(waits_until(START + 5)).await;
    let event = rows[0]["event"].as_str().unwrap().to_owned();
    assert_eq!(sandbox.get(&format!("/v1/events/{event}")).await.1["pending_webhooks"], 1);
    sandbox.clock.advance(5);
    receiver.after(2).await;
    sandbox.deliveries(waits_until(START + 5 + 25)).await;
    assert_eq!(sandbox.control("/_sandbox/webhooks/retry", json!(null)).await["hurried"], 1);
    let rows = sandbox.deliveries(is_delivered).await;
    let statuses: Vec<_> = rows[0]["attempts"].as_array().unwrap().iter().map(|a| a["status"].clone()).collect();
    assert_eq!(statuses, [500, 302, 200]);
    let received = receiver.received();
    assert!(received.iter().all(|one| one.body == received[0].body), "the same bytes each time");
    assert_ne!(received[0].signature, received[1].signature, "signed anew");
    assert_eq!(sandbox.get(&format!("/v1/events/{event}")).await.1["pending_webhooks"], 0);
    sandbox.end().await;
}

#[tokio::test]
async fn attempts_end_and_nobody_there_is_a_failure_too() {
    let sandbox = start().await;
    let settings = json!({"retry_after": [1], "timeout_ms": 200});
    sandbox.control("/_sandbox/webhooks/settings", settings).await;
    for url in ["http://127.0.0.1:9/closed", "http://192.0.2.7/far", "https://localhost/secure"] {
        sandbox.control("/_sandbox/webhooks", json!({"url": url, "secret": "s"})).await;
        sandbox.customer().await;
        sandbox.deliveries(|row| !row["attempts"].as_array().unwrap().is_empty()).await;
        sandbox.clock.advance(1);
        let rows = sandbox.deliveries(|row| row["state"] == "failed").await;
        let attempts = rows.last().unwrap()["attempts"].as_array().unwrap();
        assert_eq!(attempts.len(), 2, "{url}");
        let is_far = attempts[0]["error"].as_str().unwrap().contains("this machine only");
        assert_eq!(is_far, !url.contains("closed"), "{url}: {attempts:?}");
    }
    sandbox.end().await;
}

#[tokio::test]
async fn two_secrets_sign_while_one_rolls() {
    let (sandbox, receiver) = (start().await, receiver(&[]).await);
    sandbox.listen(&receiver).await;
    sandbox.control("/_sandbox/webhooks/roll", json!({"secret": "whsec_new", "expires_in": 60})).await;
    let signatures = |received: &[crate::receiver::Received]| {
        received.iter().map(|one| one.signature.matches("v1=").count()).collect::<Vec<_>>()
    };
    sandbox.customer().await;
    assert_eq!(signatures(&receiver.after(1).await), [2]);
    sandbox.clock.advance(60);
    sandbox.customer().await;
    assert_eq!(signatures(&receiver.after(2).await), [2, 1]);
    sandbox.end().await;
}

async fn struck(fault: Value, count: usize) -> (Started, Receiver, Vec<Value>) {
    let (sandbox, receiver) = (start().await, receiver(&[]).await);
    sandbox.listen(&receiver).await;
    sandbox.control("/_sandbox/webhooks/faults", fault).await;
    for name in ["a", "b", "c"] {
        sandbox.made("/v1/products", &[("name", name)]).await;
    }
    let received = receiver.after(count).await;
    let names = received.iter().map(|one| one.event["data"]["object"]["name"].clone()).collect();
    (sandbox, receiver, names)
}

#[tokio::test]
async fn it_duplicates_and_reorders_on_request() {
    let (sandbox, receiver, names) = struck(json!({"kind": "duplicate", "value": 3, "times": 1}), 5).await;
    assert_eq!(names, ["a", "a", "a", "b", "c"]);
    let ids: std::collections::BTreeSet<_> =
        receiver.received().iter().map(|one| one.event["id"].to_string()).collect();
    assert_eq!(ids.len(), 3, "a copy is the same event");
    sandbox.end().await;
    let (sandbox, _receiver, names) = struck(json!({"kind": "reorder", "value": 3, "times": 3}), 3).await;
    assert_eq!(names, ["c", "b", "a"]);
    sandbox.end().await;
    let (sandbox, receiver, names) = struck(json!({"kind": "reorder", "times": 3}), 2).await;
    assert_eq!(names, ["b", "a"]);
    assert_eq!(sandbox.get("/_sandbox/webhooks").await.1["held_for"], json!(["default"]));
    answered(sandbox.http.delete(sandbox.at("/_sandbox/webhooks/faults"))).await;
    assert_eq!(receiver.after(3).await[2].event["data"]["object"]["name"], "c");
    sandbox.end().await;
}

#[tokio::test]
async fn it_delays_and_loses_on_request() {
    let (sandbox, receiver, names) = struck(json!({"kind": "delay", "value": 30, "times": 1}), 2).await;
    assert_eq!(names, ["b", "c"]);
    sandbox.clock.advance(30);
    assert_eq!(receiver.after(3).await[2].event["data"]["object"]["name"], "a");
    sandbox.end().await;
    let (sandbox, receiver, names) = struck(json!({"kind": "lose", "times": 1}), 2).await;
    assert_eq!(names, ["b", "c"]);
    sandbox.clock.advance(5);
    assert_eq!(receiver.after(3).await[2].event["data"]["object"]["name"], "a");
    let rows = sandbox.deliveries(is_delivered).await;
    assert_eq!(rows[0]["attempts"][0]["error"], "lost on request");
    sandbox.end().await;
}

#[tokio::test]
async fn it_says_wrong_things_on_request() {
    let (sandbox, receiver) = (start().await, receiver(&[400, 400]).await);
    sandbox.listen(&receiver).await;
    let event = {
        sandbox.customer().await;
        sandbox.control("/_sandbox/webhooks/retry", json!(null)).await;
        receiver.after(1).await[0].event["id"].clone()
    };
    for (fault, key, said) in [
        (json!({"kind": "api_version", "text": "2023-10-16"}), "api_version", "2023-10-16"),
        (json!({"kind": "unknown_type"}), "type", "sandbox.unknown"),
    ] {
        let before = receiver.received().len();
        sandbox.control("/_sandbox/webhooks/deliver", json!({"event": event, "fault": fault})).await;
        assert_eq!(receiver.after(before + 1).await[before].event[key], said);
    }
    let before = receiver.received().len();
    let fault = json!({"kind": "stale_timestamp", "value": 900});
    sandbox.control("/_sandbox/webhooks/deliver", json!({"event": event, "fault": fault})).await;
    let stale = receiver.after(before + 1).await[before].signature.clone();
    assert!(stale.starts_with(&format!("t={},", START - 900)), "{stale}");
    for wrong in [json!({"kind": "explode"}), json!({"kind": "lose", "value": 1}), json!({"kind": "lose", "often": 1})]
    {
        let request = sandbox.http.post(sandbox.at("/_sandbox/webhooks/faults")).json(&wrong);
        assert_eq!(answered(request).await.0, 400, "{wrong}");
    }
    let nothing = sandbox.http.post(sandbox.at("/_sandbox/webhooks/deliver")).json(&json!({"event": "evt_none"}));
    assert_eq!(answered(nothing).await.0, 400);
    sandbox.end().await;
}

#[tokio::test]
async fn events_outlive_the_process_and_are_delivered_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let receiver = receiver(&[]).await;
    let sandbox = start_with(Some(file.clone())).await;
    // Nobody is there yet.
    sandbox.control("/_sandbox/webhooks", json!({"url": "http://127.0.0.1:9/", "secret": "whsec_sandbox"})).await;
    let customer = sandbox.customer().await;
    sandbox.deliveries(|row| row["due"].as_i64().unwrap() > START).await;
    sandbox.end().await;

    let sandbox = start_with(Some(file)).await;
    sandbox.listen(&receiver).await;
    assert_eq!(sandbox.get("/v1/events?delivery_success=false").await.1["data"].as_array().unwrap().len(), 1);
    sandbox.clock.advance(60);
    assert_eq!(receiver.after(1).await[0].event["data"]["object"]["id"], json!(customer));
    sandbox.deliveries(is_delivered).await;
    assert_eq!(sandbox.get("/v1/events?delivery_success=false").await.1["data"], json!([]));
    sandbox.end().await;
}

#[tokio::test]
async fn what_waits_for_nobody_is_given_up() {
    let sandbox = start().await;
    let fields = [("url", "http://127.0.0.1:9/"), ("enabled_events[]", "*")];
    let endpoint = sandbox.made("/v1/webhook_endpoints", &fields).await;
    sandbox.customer().await;
    sandbox.deliveries(|row| !row["attempts"].as_array().unwrap().is_empty()).await;
    sandbox.delete(&format!("/v1/webhook_endpoints/{}", id(&endpoint))).await;
    sandbox.deliveries(|row| row["state"] == "failed").await;
    let events = sandbox.get("/v1/events").await.1;
    assert_eq!(events["data"][0]["pending_webhooks"], 0);
    sandbox.end().await;
}

//! Test clocks: they are made, advanced beside the requests, and deleted with their customers.

use serde_json::{Value, json};

use crate::started::{START, Started, id, start};

impl Started {
    /// A test clock that stands at `at`.
    pub async fn test_clock(&self, at: i64) -> String {
        id(&self.made("/v1/test_helpers/test_clocks", &[("frozen_time", &at.to_string())]).await)
    }

    /// Advances a test clock and waits until it is ready.
    pub async fn advance(&self, clock: &str, to: i64) {
        let path = format!("/v1/test_helpers/test_clocks/{clock}");
        let moving = self.made(&format!("{path}/advance"), &[("frozen_time", &to.to_string())]).await;
        assert_eq!(moving["status"], "advancing");
        self.ready(clock, to).await;
    }

    /// Waits until a test clock has arrived.
    pub async fn ready(&self, clock: &str, to: i64) {
        let path = format!("/v1/test_helpers/test_clocks/{clock}");
        let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
        loop {
            let now = self.get(&path).await.1;
            if now["status"] == "ready" {
                assert_eq!(now["frozen_time"], to);
                return;
            }
            assert!(tokio::time::Instant::now() < deadline, "{now}");
            tokio::task::yield_now().await;
        }
    }

    /// The types of the events so far, oldest first.
    pub async fn kinds(&self) -> Vec<String> {
        self.events("").await.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }

    /// All events, oldest first, of a type if one is asked for.
    pub async fn events(&self, kind: &str) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        let asked = if kind.is_empty() { String::new() } else { format!("&type={kind}") };
        loop {
            let after = all.last().map_or(String::new(), |event| format!("&starting_after={}", id(event)));
            let page = self.get(&format!("/v1/events?limit=100{asked}{after}")).await.1;
            all.extend(page["data"].as_array().unwrap().iter().cloned());
            if page["has_more"] == false {
                all.reverse();
                return all;
            }
        }
    }
}

#[tokio::test]
async fn a_clock_is_advanced_and_deleted_with_its_customer() {
    let sandbox = start().await;
    let clock = sandbox.test_clock(START - 86_400).await;
    let customer = sandbox.made("/v1/customers", &[("name", "Acme"), ("test_clock", &clock)]).await;
    assert_eq!((&customer["created"], &customer["test_clock"]), (&json!(START - 86_400), &json!(clock)));
    sandbox.advance(&clock, START).await;
    let path = format!("/v1/customers/{}", id(&customer));
    sandbox.made(&path, &[("name", "Acme 2")]).await;
    let told: Vec<(String, i64)> = sandbox
        .events("")
        .await
        .iter()
        .map(|e| (e["type"].as_str().unwrap().to_owned(), e["created"].as_i64().unwrap()))
        .collect();
    let expected = [
        ("test_helpers.test_clock.created", START),
        ("customer.created", START - 86_400),
        ("test_helpers.test_clock.advancing", START),
        ("test_helpers.test_clock.ready", START),
        ("customer.updated", START),
    ];
    assert_eq!(told, expected.map(|(kind, at)| (kind.to_owned(), at)));
    let back = [("frozen_time", "1795219200")];
    assert_eq!(sandbox.post(&format!("/v1/test_helpers/test_clocks/{clock}/advance"), &back).await.0, 400, "not after");
    let gone = sandbox.delete(&format!("/v1/test_helpers/test_clocks/{clock}")).await.1;
    assert_eq!(gone["deleted"], true);
    assert_eq!(sandbox.get(&path).await.1["deleted"], true);
    sandbox.end().await;
}

#[tokio::test]
async fn an_event_says_what_changed_and_who_asked() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    let path = format!("/v1/customers/{customer}");
    sandbox.made(&path, &[("metadata[a]", "1"), ("name", "Acme")]).await;
    let request = sandbox.post_request(&path, &[("metadata[a]", ""), ("name", "B")]).header("idempotency-key", "k1");
    crate::started::answered(request).await;
    sandbox.made(&path, &[("name", "B")]).await;
    let events = sandbox.events("customer.updated").await;
    assert_eq!(events.len(), 2, "the same again is no change");
    assert_eq!(events[0]["data"]["previous_attributes"], json!({"metadata": {"a": null}}));
    assert_eq!(events[1]["data"]["previous_attributes"], json!({"metadata": {"a": "1"}, "name": "Acme"}));
    assert_eq!(events[1]["data"]["object"]["name"], "B");
    assert_eq!(events[1]["api_version"], "2026-09-30.endive");
    assert_eq!(events[1]["request"]["idempotency_key"], "k1");
    assert!(events[1]["request"]["id"].as_str().unwrap().starts_with("req_"));
    let one = sandbox.get(&format!("/v1/events/{}", id(&events[1]))).await.1;
    assert_eq!(one, events[1]);
    assert_eq!(sandbox.get("/v1/events/evt_none").await.0, 404);
    sandbox.end().await;
}

#[tokio::test]
async fn an_advance_that_was_cut_off_goes_on_after_a_restart() {
    const DAYS: i64 = 400;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let sandbox = crate::started::start_with(Some(file.clone())).await;
    let (clock, customer) = {
        let acme = sandbox.on_clock("pm_card_visa").await;
        let price = sandbox.price(100, "day").await;
        acme.subscribe(&price, &[]).await;
        (acme.clock.clone(), acme.customer.clone())
    };
    let path = format!("/v1/test_helpers/test_clocks/{clock}");
    let to = START + DAYS * 86_400 + 7200;
    sandbox.made(&format!("{path}/advance"), &[("frozen_time", &to.to_string())]).await;
    // The program ends at once; nothing is waited for.
    drop(sandbox);

    let sandbox = crate::started::start_with(Some(file)).await;
    let found = sandbox.get(&path).await.1;
    assert_eq!(found["status"], "advancing", "it was cut off before its end");
    sandbox.ready(&clock, to).await;
    let mut all: Vec<Value> = Vec::new();
    loop {
        let after = all.last().map_or(String::new(), |invoice| format!("&starting_after={}", id(invoice)));
        let page = sandbox.get(&format!("/v1/invoices?customer={customer}&limit=100{after}")).await.1;
        all.extend(page["data"].as_array().unwrap().iter().cloned());
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(all.len(), usize::try_from(DAYS).unwrap() + 1, "each day was billed once");
    assert!(all.iter().all(|invoice| invoice["status"] == "paid"));
    sandbox.end().await;
}

//! Idempotency keys from outside.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::started::{Fields, Started, start, start_with};

async fn with_key(sandbox: &Started, key: &str, path: &str, fields: Fields<'_>) -> (StatusCode, bool, Value) {
    let response = sandbox.post_request(path, fields).header("idempotency-key", key).send().await.unwrap();
    let (status, replayed) = (response.status(), response.headers().contains_key("idempotent-replayed"));
    (status, replayed, response.json().await.unwrap())
}

async fn customers(sandbox: &Started) -> usize {
    sandbox.get("/v1/customers?limit=100").await.1["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_first_answer_is_sent_again_also_a_refusal() {
    let sandbox = start().await;
    let first = with_key(&sandbox, "k1", "/v1/customers", &[("name", "a")]).await;
    let again = with_key(&sandbox, "k1", "/v1/customers", &[("name", "a")]).await;
    assert_eq!((first.0, first.1, again.0, again.1), (StatusCode::OK, false, StatusCode::OK, true));
    assert_eq!(first.2, again.2);
    let path = "/v1/billing_portal/sessions";
    let refused = with_key(&sandbox, "k2", path, &[("customer", "cus_none")]).await;
    let again = with_key(&sandbox, "k2", path, &[("customer", "cus_none")]).await;
    assert_eq!((refused.0.as_u16(), again.0.as_u16(), again.1), (400, 400, true));
    assert_eq!(customers(&sandbox).await, 1);
    let log = sandbox.log().await;
    assert_eq!((&log[0]["replayed"], &log[1]["replayed"]), (&json!(false), &json!(true)));
    assert_eq!(log[0]["object_id"], log[1]["object_id"]);
    sandbox.end().await;
}

#[tokio::test]
async fn a_key_is_bound_to_its_parameters_and_path() {
    let sandbox = start().await;
    with_key(&sandbox, "k", "/v1/customers", &[("name", "a")]).await;
    for (path, fields) in [("/v1/customers", [("name", "b")]), ("/v1/products", [("name", "a")])] {
        let (status, _, body) = with_key(&sandbox, "k", path, &fields).await;
        assert_eq!((status.as_u16(), &body["error"]["type"]), (400, &json!("idempotency_error")), "{path}");
    }
    assert_eq!(customers(&sandbox).await, 1);
    sandbox.end().await;
}

#[tokio::test]
async fn a_refusal_before_any_work_leaves_the_key_free() {
    let sandbox = start().await;
    assert_eq!(with_key(&sandbox, "k", "/v1/customers", &[("nonsense", "a")]).await.0, 400);
    let (status, replayed, _) = with_key(&sandbox, "k", "/v1/customers", &[("name", "a")]).await;
    assert_eq!((status.as_u16(), replayed), (200, false));
    sandbox.end().await;
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let sandbox = start().await;
    with_key(&sandbox, "k", "/v1/customers", &[("name", "a")]).await;
    sandbox.clock.advance(86_401);
    let (status, replayed, _) = with_key(&sandbox, "k", "/v1/customers", &[("name", "b")]).await;
    assert_eq!((status.as_u16(), replayed), (200, false));
    sandbox.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_at_once_do_the_work_once() {
    let sandbox = start().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let request = sandbox.post_request("/v1/customers", &[("name", "a")]).header("idempotency-key", "k");
        tasks.spawn(async move {
            let response = request.send().await.unwrap();
            (response.status().as_u16(), response.headers().contains_key("idempotent-replayed"))
        });
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().filter(|answer| **answer == (200, false)).count(), 1);
    assert!(answers.iter().all(|answer| [(200, false), (200, true), (409, false)].contains(answer)), "{answers:?}");
    assert_eq!(customers(&sandbox).await, 1);
    sandbox.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_first_is_worked_on_the_others_get_409() {
    let sandbox = start().await;
    // Longer than the test may take: the first request is in flight for good.
    sandbox.fault(json!({"endpoint": "POST /v1/customers", "kind": "delay_ms", "value": 600_000, "times": 1})).await;
    let first = sandbox.post_request("/v1/customers", &[("name", "a")]).header("idempotency-key", "k");
    let first = tokio::spawn(first.send());
    while !sandbox.log().await.iter().any(|row| row["fault"] == "delay_ms") {
        tokio::task::yield_now().await;
    }
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..49 {
        let request = sandbox.post_request("/v1/customers", &[("name", "a")]).header("idempotency-key", "k");
        tasks.spawn(async move {
            let response = request.send().await.unwrap();
            (response.status().as_u16(), response.json::<Value>().await.unwrap()["error"]["code"].clone())
        });
    }
    for answer in tasks.join_all().await {
        assert_eq!(answer, (409, json!("idempotency_key_in_use")));
    }
    assert_eq!(customers(&sandbox).await, 0);
    first.abort();
    sandbox.end().await;
}

/// A card with this security code and number, under one key.
async fn card(sandbox: &Started, number: &str, cvc: &str) -> (u16, bool, Value) {
    let fields = [
        ("type", "card"),
        ("card[number]", number),
        ("card[exp_month]", "12"),
        ("card[exp_year]", "2034"),
        ("card[cvc]", cvc),
    ];
    let (status, replayed, body) = with_key(sandbox, "card", "/v1/payment_methods", &fields).await;
    (status.as_u16(), replayed, body)
}

#[tokio::test]
async fn a_key_is_bound_to_what_is_never_written_down_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let sandbox = start_with(Some(file.clone())).await;
    let first = card(&sandbox, "4242424242424242", "314").await;
    assert_eq!((first.0, first.1), (200, false), "{}", first.2);
    assert_eq!(card(&sandbox, "4242424242424242", "314").await, (200, true, first.2));
    // Another security code, and another number with the same last four digits.
    for (number, cvc) in [("4242424242424242", "271"), ("4000000000004242", "314")] {
        let (status, _, body) = card(&sandbox, number, cvc).await;
        assert_eq!((status, &body["error"]["type"]), (400, &json!("idempotency_error")), "{number} {cvc}");
    }
    let log = json!(sandbox.log().await).to_string();
    sandbox.end().await;
    let saved = std::fs::read_to_string(&file).unwrap();
    for (name, text) in [("log", log), ("state", saved)] {
        for secret in ["\"314\"", "\"271\"", "4242424242424242", "4000000000004242"] {
            assert!(!text.contains(secret), "{secret} in the {name}");
        }
        assert!(text.contains("****4242"), "{name}");
    }
}

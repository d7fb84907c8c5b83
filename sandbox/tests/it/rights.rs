//! Restricted keys, keys of the other mode, the rate limit, and what is never written down.

use serde_json::{Value, json};

use crate::started::{Started, answered, start, start_with};

const LIMITED: &str = "rk_test_reader_4711";

async fn post_json(sandbox: &Started, path: &str, body: Value) -> (u16, Value) {
    let (status, answer) = answered(sandbox.http.post(sandbox.at(path)).json(&body)).await;
    (status.as_u16(), answer)
}

#[tokio::test]
async fn a_restricted_key_may_do_what_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let sandbox = start_with(Some(file.clone())).await;
    let customer = sandbox.customer().await;
    let key = json!({"key": LIMITED, "rights": {"customer": "read", "customer_portal": "write"}});
    assert_eq!(post_json(&sandbox, "/_sandbox/keys", key).await.0, 200);
    sandbox.end().await;

    let sandbox = start_with(Some(file)).await;
    let get = |path: &str| sandbox.http.get(sandbox.at(path)).bearer_auth(LIMITED);
    assert_eq!(answered(get(&format!("/v1/customers/{customer}"))).await.0, 200);
    assert_eq!(answered(get("/v1/invoices")).await.0, 403);
    let post = |path: &str| {
        let request = sandbox.http.post(sandbox.at(path)).bearer_auth(LIMITED);
        request.header("content-type", "application/x-www-form-urlencoded").body(format!("customer={customer}"))
    };
    assert_eq!(answered(post("/v1/billing_portal/sessions")).await.0, 200);
    let (status, refused) = answered(post("/v1/customers")).await;
    assert_eq!((status.as_u16(), &refused["error"]["type"]), (403, &json!("invalid_request_error")));
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("rak_customer_write") && !message.contains("reader"), "{message}");
    assert_eq!(post_json(&sandbox, "/_sandbox/keys", json!({"key": "sk_test_x", "rights": {}})).await.0, 400);
    let wrong = json!({"key": LIMITED, "rights": {"moon": "write"}});
    assert_eq!(post_json(&sandbox, "/_sandbox/keys", wrong).await.0, 400);
    sandbox.end().await;
}

#[tokio::test]
async fn keys_of_live_mode_and_public_ones_are_refused_as_such() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    let ask = |path: &str, key: &str| answered(sandbox.http.get(sandbox.at(path)).bearer_auth(key));
    for key in ["sk_live_x", "rk_live_x"] {
        let (status, refused) = ask(&format!("/v1/customers/{customer}"), key).await;
        assert_eq!((status.as_u16(), &refused["error"]["code"]), (404, &json!("resource_missing")));
        let message = refused["error"]["message"].as_str().unwrap();
        assert!(message.contains("a similar object exists in test mode"), "{message}");
        let (status, refused) = ask("/v1/customers", key).await;
        assert_eq!((status.as_u16(), &refused["error"]["code"]), (401, &json!("livemode_mismatch")));
    }
    let (status, refused) = ask("/v1/customers", "pk_test_x").await;
    assert_eq!((status.as_u16(), &refused["error"]["code"]), (403, &json!("secret_key_required")));
    assert_eq!(ask("/v1/customers", "rk_test_unknown").await.0, 401);
    sandbox.end().await;
}

#[tokio::test]
async fn the_rate_limit_asks_to_come_back_and_then_lets_in() {
    let sandbox = start().await;
    assert_eq!(post_json(&sandbox, "/_sandbox/rate_limit", json!({"per_second": 2})).await.0, 200);
    sandbox.customer().await;
    sandbox.customer().await;
    let request = || sandbox.post_request("/v1/customers", &[("name", "c")]).header("idempotency-key", "k");
    let refused = request().send().await.unwrap();
    let header = |name: &str| refused.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        (refused.status().as_u16(), header("retry-after"), header("stripe-should-retry")),
        (429, "1".to_owned(), "true".to_owned())
    );
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["error"]["code"], "rate_limit");
    sandbox.clock.advance(1);
    let again = request().send().await.unwrap();
    assert_eq!(again.status(), 200);
    assert!(!again.headers().contains_key("idempotent-replayed"), "nothing was kept under the key");
    post_json(&sandbox, "/_sandbox/rate_limit", json!({"per_second": null})).await;
    for _ in 0..5 {
        sandbox.customer().await;
    }
    sandbox.end().await;
}

#[tokio::test]
async fn a_card_number_is_written_down_nowhere() {
    const NUMBER: &str = "4000056655665556";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let sandbox = start_with(Some(file.clone())).await;
    let fields = [
        ("type", "card"),
        ("card[number]", NUMBER),
        ("card[exp_month]", "4"),
        ("card[exp_year]", "2030"),
        ("card[cvc]", "917"),
    ];
    let request = sandbox.post_request("/v1/payment_methods", &fields).header("idempotency-key", "card");
    let method = answered(request).await.1;
    assert_eq!((&method["card"]["last4"], &method["card"]["exp_year"]), (&json!("5556"), &json!(2030)));
    let log = json!(sandbox.log().await).to_string();
    assert!(log.contains("****5556") && !log.contains(NUMBER) && !log.contains("\"917\""), "{log}");
    sandbox.customer().await;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let saved = String::from_utf8(std::fs::read(entry.unwrap().path()).unwrap()).unwrap();
        assert!(saved.contains("5556") && !saved.contains(NUMBER) && !saved.contains("\"917\""));
    }
    for (number, code) in [("4111111111111111", "card_declined"), ("4242424242424241", "incorrect_number")] {
        let fields = [("type", "card"), ("card[number]", number), ("card[exp_month]", "4"), ("card[exp_year]", "2030")];
        let (status, refused) = sandbox.post("/v1/payment_methods", &fields).await;
        assert_eq!((status.as_u16(), &refused["error"]["code"]), (402, &json!(code)));
    }
    sandbox.end().await;
}

//! Keys, versions, errors, the log.

use serde_json::json;

use crate::started::{KEY, answered, start};

#[tokio::test]
async fn a_key_is_needed_and_must_be_the_right_one() {
    let sandbox = start().await;
    let url = sandbox.at("/v1/customers");
    let http = &sandbox.http;
    assert_eq!(answered(http.get(&url)).await.0, 401);
    assert_eq!(answered(http.get(&url).bearer_auth("sk_test_other")).await.0, 401);
    assert_eq!(answered(http.get(&url).basic_auth("sk_test_other", Some(""))).await.0, 401);
    assert_eq!(answered(http.get(&url).header("authorization", "Basic !!!")).await.0, 401);
    assert_eq!(answered(http.get(&url).bearer_auth(KEY)).await.0, 200);
    assert_eq!(answered(http.get(&url).basic_auth(KEY, Some(""))).await.0, 200);
    let (_, refused) = answered(http.get(&url).bearer_auth("sk_test_canary")).await;
    assert_eq!(refused["error"]["type"], "invalid_request_error");
    let log = json!(sandbox.log().await).to_string();
    assert!(!log.contains("sk_test"), "a key in the log: {log}");
    let kinds: Vec<_> = sandbox.log().await.iter().map(|row| row["authorization"].clone()).collect();
    assert_eq!(kinds, ["none", "bearer", "basic", "basic", "bearer", "basic", "bearer"]);
    sandbox.end().await;
}

#[tokio::test]
async fn who_asks_is_looked_at_before_what_is_asked() {
    let sandbox = start().await;
    let form = "application/x-www-form-urlencoded";
    let ask = |body: String, key: Option<&str>| {
        let request = sandbox.http.post(sandbox.at("/v1/customers")).header("content-type", form).body(body);
        answered(match key {
            Some(key) => request.bearer_auth(key),
            None => request,
        })
    };
    for body in ["name=a&name=b".to_owned(), "name=%FF".to_owned(), "a=".to_owned() + &"x".repeat(2 << 20)] {
        assert_eq!(ask(body.clone(), None).await.0, 401);
        assert_eq!(ask(body.clone(), Some("sk_test_other")).await.0, 401);
        let is_long = body.len() > 1 << 20;
        assert_eq!(ask(body, Some(KEY)).await.0, if is_long { 413 } else { 400 });
    }
    // What a stranger sends is not even read.
    ask("name=Acme".to_owned(), None).await;
    let rows = sandbox.log().await;
    assert_eq!((&rows[9]["status"], &rows[9]["form"]), (&json!(401), &json!({})));
    sandbox.end().await;
}

#[tokio::test]
async fn only_one_api_version_is_spoken() {
    let sandbox = start().await;
    let get =
        |version| sandbox.http.get(sandbox.at("/v1/customers")).bearer_auth(KEY).header("stripe-version", version);
    assert_eq!(answered(get("2026-09-30.endive")).await.0, 200);
    assert_eq!(answered(get("2024-06-20")).await.0, 400);
    sandbox.end().await;
}

#[tokio::test]
async fn what_is_not_modelled_answers_501_and_names_itself() {
    let sandbox = start().await;
    let (status, body) = sandbox.get("/v1/tax_rates").await;
    assert_eq!(status, 501);
    assert_eq!(body["error"]["code"], "sandbox_not_modelled");
    assert!(body["error"]["message"].as_str().unwrap().contains("GET /v1/tax_rates"));
    let (status, body) = sandbox.post("/v1/customers", &[("source", "tok_visa")]).await;
    assert_eq!((status.as_u16(), &body["error"]["param"]), (501, &json!("source")));
    assert_eq!(sandbox.get("/v1/nothing").await.0, 404);
    assert_eq!(sandbox.get("/_sandbox/nothing").await.0, 501);
    assert_eq!(sandbox.get("/v1/customers").await.1["data"], json!([]));
    sandbox.end().await;
}

#[tokio::test]
async fn every_answer_has_its_own_request_id_and_stands_in_the_log() {
    let sandbox = start().await;
    let response = sandbox
        .post_request("/v1/customers?", &[("email", "a@b.test"), ("metadata[org]", "7")])
        .header("stripe-version", "2026-09-30.endive")
        .send()
        .await
        .unwrap();
    let request = response.headers()["request-id"].to_str().unwrap().to_owned();
    let body: serde_json::Value = response.json().await.unwrap();
    sandbox.get("/v1/customers?created[gte]=5&limit=3").await;
    let log = sandbox.log().await;
    assert_eq!(
        log[0],
        json!({
            "id": request, "at": crate::started::START, "method": "POST", "path": "/v1/customers", "query": {},
            "form": {"email": "a@b.test", "metadata": {"org": "7"}}, "idempotency_key": null,
            "stripe_version": "2026-09-30.endive", "authorization": "bearer", "status": 200, "object_id": body["id"],
            "customer": null, "replayed": false, "fault": null,
        })
    );
    assert_eq!(log[1]["query"], json!({"created": {"gte": "5"}, "limit": "3"}));
    assert_ne!(log[1]["id"], log[0]["id"]);
    let last = sandbox.get("/_sandbox/requests?last=1").await.1;
    assert_eq!(last, json!([log[1]]));
    sandbox.end().await;
}

/// Path, field, the error's code (`""` when it has none) and parameter.
type Refused = (&'static str, (&'static str, &'static str), &'static str, &'static str);

const REFUSED: &[Refused] = &[
    ("/v1/customers", ("nickname", "x"), "parameter_unknown", "nickname"),
    ("/v1/customers", ("address[planet]", "x"), "parameter_unknown", "address[planet]"),
    ("/v1/customers", ("address", "x"), "", "address"),
    ("/v1/customers", ("name[a]", "x"), "", "name"),
    ("/v1/customers", ("email", "nobody"), "email_invalid", "email"),
    ("/v1/customers", ("tax_exempt", "maybe"), "", "tax_exempt"),
    ("/v1/products", ("description", "x"), "parameter_missing", "name"),
    ("/v1/prices", ("unit_amount", "ten"), "parameter_invalid_integer", "unit_amount"),
    ("/v1/prices", ("unit_amount", ""), "parameter_invalid_empty", "unit_amount"),
    ("/v1/prices", ("recurring[interval]", "eon"), "", "recurring[interval]"),
    ("/v1/subscriptions", ("cancel_at_period_end", "yes"), "", "cancel_at_period_end"),
    ("/v1/subscriptions", ("items[0][prize]", "x"), "parameter_unknown", "items[0][prize]"),
    ("/v1/subscriptions", ("items[1][price]", "x"), "", "items"),
    ("/v1/billing_portal/sessions", ("locale", "tlh"), "", "locale"),
    ("/v1/billing_portal/sessions", ("return_url", "http://a.test"), "parameter_missing", "customer"),
    ("/v1/billing_portal/sessions", ("customer", "cus_x"), "resource_missing", "customer"),
];

#[tokio::test]
async fn parameters_are_read_strictly() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    for (path, fields, code, param) in REFUSED {
        let (status, body) = sandbox.post(path, &[*fields]).await;
        assert_eq!(status, 400, "{fields:?} {body}");
        assert_eq!(body["error"]["param"], *param, "{fields:?} {body}");
        assert_eq!(body["error"]["code"].as_str().unwrap_or_default(), *code, "{fields:?} {body}");
    }
    let session = [("customer", customer.as_str()), ("return_url", "javascript:alert(1)")];
    let (status, body) = sandbox.post("/v1/billing_portal/sessions", &session).await;
    assert_eq!((status.as_u16(), &body["error"]["code"]), (400, &json!("url_invalid")));
    let twice = sandbox
        .http
        .post(sandbox.at("/v1/customers"))
        .bearer_auth(KEY)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("name=a&name=b");
    assert_eq!(answered(twice).await.0, 400);
    let as_json = sandbox.http.post(sandbox.at("/v1/customers")).bearer_auth(KEY).json(&json!({"name": "a"}));
    assert_eq!(answered(as_json).await.0, 400);
    assert_eq!(sandbox.get("/v1/customers?limit=0").await.0, 400);
    assert_eq!(sandbox.get("/v1/customers?limit=101").await.0, 400);
    assert_eq!(sandbox.get("/v1/customers?colour=red").await.0, 400);
    assert_eq!(sandbox.get("/v1/customers").await.1["data"].as_array().unwrap().len(), 1);
    sandbox.end().await;
}

#[tokio::test]
async fn reset_forgets_everything() {
    let sandbox = start().await;
    sandbox.customer().await;
    sandbox.fault(json!({"endpoint": "*", "kind": "drop", "times": 1})).await;
    assert_eq!(answered(sandbox.http.post(sandbox.at("/_sandbox/reset"))).await.0, 200);
    assert_eq!(sandbox.log().await.len(), 0);
    assert_eq!(sandbox.get("/_sandbox/faults").await.1, json!([]));
    assert_eq!(sandbox.get("/v1/customers").await.1["data"], json!([]));
    sandbox.end().await;
}

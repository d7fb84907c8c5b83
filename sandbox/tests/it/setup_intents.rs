//! Setup intents and the cards they are tried with.

use serde_json::{Value, json};

use crate::started::{Started, answered, id, start};

async fn tried(sandbox: &Started, customer: &str, card: &str) -> (u16, Value) {
    let fields = [("customer", customer), ("payment_method", card), ("confirm", "true")];
    let (status, body) = sandbox.post("/v1/setup_intents", &fields).await;
    (status.as_u16(), body)
}

async fn methods(sandbox: &Started, customer: &str) -> usize {
    sandbox.get(&format!("/v1/customers/{customer}/payment_methods")).await.1["data"].as_array().unwrap().len()
}

async fn kinds(sandbox: &Started) -> Vec<Value> {
    let list = sandbox.get("/v1/events?type=setup_intent.*").await.1;
    list["data"].as_array().unwrap().iter().rev().map(|event| event["type"].clone()).collect()
}

#[tokio::test]
async fn a_good_card_is_saved_and_a_refused_one_leaves_its_mark() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    let (status, intent) = tried(&sandbox, &customer, "pm_card_visa").await;
    assert_eq!((status, &intent["status"]), (200, &json!("succeeded")));
    assert_eq!(methods(&sandbox, &customer).await, 1);
    let (status, _) = tried(&sandbox, &customer, "pm_card_chargeCustomerFail").await;
    assert_eq!((status, methods(&sandbox, &customer).await), (200, 2));
    let (status, refused) = tried(&sandbox, &customer, "pm_card_visa_chargeDeclinedInsufficientFunds").await;
    assert_eq!((status, &refused["error"]["decline_code"]), (402, &json!("insufficient_funds")));
    assert_eq!(methods(&sandbox, &customer).await, 2);
    let left = sandbox.get("/v1/setup_intents?limit=1").await.1["data"][0].clone();
    assert_eq!(
        (&left["status"], &left["last_setup_error"]["code"]),
        (&json!("requires_payment_method"), &json!("card_declined"))
    );
    let path = format!("/v1/setup_intents/{}/confirm", id(&left));
    assert_eq!(sandbox.made(&path, &[("payment_method", "pm_card_mastercard")]).await["status"], "succeeded");
    let (status, again) = sandbox.post(&path, &[]).await;
    assert_eq!((status.as_u16(), &again["error"]["code"]), (400, &json!("setup_intent_unexpected_state")));
    let said = kinds(&sandbox).await;
    assert_eq!(said[4..], ["setup_intent.created", "setup_intent.setup_failed", "setup_intent.succeeded"]);
    sandbox.end().await;
}

#[tokio::test]
async fn a_challenge_is_passed_or_failed() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    for (succeeds, status) in [(true, "succeeded"), (false, "requires_payment_method")] {
        let (_, intent) = tried(&sandbox, &customer, "pm_card_authenticationRequired").await;
        assert_eq!(intent["status"], "requires_action");
        let answer = json!({"intent": intent["id"], "succeeds": succeeds});
        let request = || sandbox.http.post(sandbox.at("/_sandbox/authenticate")).json(&answer);
        assert_eq!(answered(request()).await.0, 200);
        let after = sandbox.get(&format!("/v1/setup_intents/{}", id(&intent))).await.1;
        assert_eq!((&after["status"], &after["next_action"]), (&json!(status), &json!(null)));
        assert_eq!(answered(request()).await.0, 400, "only once");
    }
    assert_eq!(methods(&sandbox, &customer).await, 1);
    let fields = [("payment_method", "pm_card_visa"), ("description", "later")];
    let intent = sandbox.made("/v1/setup_intents", &fields).await;
    assert_eq!(intent["status"], "requires_confirmation");
    let path = format!("/v1/setup_intents/{}", id(&intent));
    let cancelled = sandbox.made(&format!("{path}/cancel"), &[("cancellation_reason", "abandoned")]).await;
    assert_eq!((&cancelled["status"], &cancelled["cancellation_reason"]), (&json!("canceled"), &json!("abandoned")));
    assert_eq!(sandbox.post(&format!("{path}/confirm"), &[]).await.0, 400);
    sandbox.end().await;
}

#[tokio::test]
async fn a_payment_method_is_made_attached_once_and_changed() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    let fields = [("type", "card"), ("card[token]", "tok_visa"), ("billing_details[name]", "Ada")];
    let made = sandbox.made("/v1/payment_methods", &fields).await;
    assert_eq!((&made["customer"], &made["billing_details"]["name"]), (&json!(null), &json!("Ada")));
    let path = format!("/v1/payment_methods/{}", id(&made));
    assert_eq!(sandbox.post(&path, &[("metadata[a]", "b")]).await.0, 400, "it belongs to nobody yet");
    sandbox.made(&format!("{path}/attach"), &[("customer", &customer)]).await;
    let changed = sandbox.made(&path, &[("card[exp_year]", "2031"), ("billing_details[address][city]", "Bern")]).await;
    assert_eq!(
        (&changed["card"]["exp_year"], &changed["billing_details"]["address"]["city"]),
        (&json!(2031), &json!("Bern"))
    );
    let (status, refused) = sandbox.post(&path, &[("card[exp_year]", "2020")]).await;
    assert_eq!((status.as_u16(), &refused["error"]["code"]), (402, &json!("invalid_expiry_year")));
    sandbox.made(&format!("{path}/detach"), &[]).await;
    assert_eq!(sandbox.post(&format!("{path}/attach"), &[("customer", &customer)]).await.0, 400, "not twice");
    let list = sandbox.get("/v1/events?type=payment_method.*").await.1;
    let kinds: Vec<_> = list["data"].as_array().unwrap().iter().rev().map(|event| event["type"].clone()).collect();
    assert_eq!(kinds, ["payment_method.attached", "payment_method.updated", "payment_method.detached"]);
    sandbox.end().await;
}

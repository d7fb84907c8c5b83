//! Three clients that were not written for the sandbox do the same things with it (`tests/clients/scenario.json`)
//! and must read the same answers: async-stripe here, Stripe's own for Node and for Python as programs.
//! Their webhook verifiers must take our signatures, and nothing else.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use sandbox::clock::{ManualClock, SystemClock};
use sandbox::{Options, Running};
use serde_json::{Map, Value, json};
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError};
use stripe_client_core::{RequestBuilder, StripeMethod};
use stripe_webhook::{EventObject, Webhook, WebhookError};

use crate::receiver::receiver;
use crate::started::{KEY, START, answered};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

fn scenario() -> Vec<Value> {
    let text = std::fs::read_to_string(folder().join("scenario.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["steps"].as_array().unwrap().clone()
}

async fn fresh(clock: Arc<dyn sandbox::clock::Clock>) -> Running {
    let listener = sandbox::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let public_url = Some("http://sandbox.test".to_owned());
    sandbox::serve(listener, Options { seed: Some(7), clock, public_url, ..Options::default() }).await.unwrap()
}

/// Where `scripts/setup test` puts tools, as in `scripts/step.sh`.
#[expect(clippy::disallowed_methods, reason = "the scripts' folder is not the program's to configure")]
fn tools() -> PathBuf {
    let of = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let cache = of("PORTICO_CACHE").or_else(|| of("XDG_CACHE_HOME").map(|cache| cache.join("portico")));
    cache.or_else(|| of("HOME").map(|home| home.join(".cache/portico"))).unwrap_or_default().join("tools")
}

/// Stripe's client for Node or Python, as `scripts/setup test` installed it.
async fn program(language: &str, arguments: &[&str]) -> Value {
    let script = folder().join(if language == "node" { "drive.mjs" } else { "drive.py" });
    let interpreter =
        if language == "node" { PathBuf::from("node") } else { tools().join("sandbox-clients/bin/python") };
    let mut command = Command::new(interpreter);
    command.arg(script).args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
    let output = output.unwrap_or_else(|error| panic!("{language}: {error}; run scripts/setup test"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{language} (after scripts/setup test?): {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What three clients may write differently: whole numbers with a point, keys that are null in an
/// error, and idempotency keys of their own making.
fn normal(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            #[expect(clippy::cast_possible_truncation, reason = "only what is whole is cut")]
            Some(float) if float.fract() == 0.0 => json!(float as i64),
            _ => Value::Number(number),
        },
        Value::Array(list) => list.into_iter().map(normal).collect(),
        Value::Object(map) => {
            let is_error = map.contains_key("message") && map.contains_key("type");
            let kept =
                map.into_iter().filter(|(key, inner)| key != "idempotency_key" && !(is_error && inner.is_null()));
            Value::Object(kept.map(|(key, inner)| (key, normal(inner))).collect())
        }
        other => other,
    }
}

fn filled(value: &Value, saved: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => text.strip_prefix('$').map_or_else(|| value.clone(), |name| saved[name].clone()),
        Value::Array(list) => list.iter().map(|entry| filled(entry, saved)).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, inner)| (key.clone(), filled(inner, saved))).collect())
        }
        other => other.clone(),
    }
}

fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    value.pointer(&format!("/{}", path.replace('.', "/")))
}

/// Runs one step with async-stripe.
async fn ask(client: &Client, step: &Value, saved: &Map<String, Value>) -> Result<Value, StripeError> {
    let (method, path) = step["http"].as_str().unwrap().split_once(' ').unwrap();
    let ids = step["ids"].as_array().into_iter().flatten().map(|id| filled(id, saved));
    let path = ids.fold(path.to_owned(), |path, id| path.replacen("{}", id.as_str().unwrap(), 1));
    let params = filled(&step["params"], saved);
    let method = match method {
        "GET" => StripeMethod::Get,
        "POST" => StripeMethod::Post,
        _ => StripeMethod::Delete,
    };
    let is_post = matches!(method, StripeMethod::Post);
    let mut request = RequestBuilder::new(method, path);
    if params.is_object() {
        request = if is_post { request.form(&params) } else { request.query(&params) };
    }
    let mut request = request.customize::<miniserde::json::Value>();
    if let Some(key) = step["key"].as_str() {
        request = request.request_strategy(RequestStrategy::Idempotent(IdempotencyKey::new(key).unwrap()));
    }
    let text = miniserde::json::to_string(&request.send(client).await?);
    Ok(serde_json::from_str(&text).unwrap())
}

async fn with_async_stripe(url: &str) -> Value {
    let client = ClientBuilder::new(KEY).url(url).timeout(std::time::Duration::from_secs(10)).build().unwrap();
    let (mut saved, mut said) = (Map::new(), Vec::new());
    for step in scenario() {
        match ask(&client, &step, &saved).await {
            Ok(answer) => {
                reads_strictly(&answer);
                for (name, from) in step["save"].as_object().into_iter().flatten() {
                    saved.insert(name.clone(), at(&answer, from.as_str().unwrap()).unwrap().clone());
                }
                said.push(json!({"name": step["name"], "answer": answer}));
            }
            Err(StripeError::Stripe(error, status)) => said.push(json!({"name": step["name"], "error": {
                "status": status, "type": error.type_.as_str(), "code": error.code.as_ref().map(stripe_shared::ApiErrorsCode::as_str),
                "param": error.param, "decline_code": error.decline_code, "message": error.message,
            }})),
            Err(other) => panic!("{}: {other}", step["name"]),
        }
    }
    json!(said)
}

/// async-stripe's own types read what their kind is about.
fn reads_strictly(answer: &Value) {
    fn reads<T: miniserde::Deserialize>(text: &str) -> bool {
        miniserde::json::from_str::<T>(text).is_ok()
    }
    for object in answer["data"].as_array().unwrap_or(&vec![answer.clone()]) {
        let text = object.to_string();
        let is_read = match object["object"].as_str().unwrap_or_default() {
            _ if object["deleted"] == true => true,
            "coupon" => reads::<stripe_shared::Coupon>(&text),
            "customer" => reads::<stripe_shared::Customer>(&text),
            "entitlements.feature" => reads::<stripe_shared::EntitlementsFeature>(&text),
            "event" => reads::<stripe_shared::Event>(&text),
            "invoice" => reads::<stripe_shared::Invoice>(&text),
            "payment_method" => reads::<stripe_shared::PaymentMethod>(&text),
            "price" => reads::<stripe_shared::Price>(&text),
            "product" => reads::<stripe_shared::Product>(&text),
            "promotion_code" => reads::<stripe_shared::PromotionCode>(&text),
            "setup_intent" => reads::<stripe_shared::SetupIntent>(&text),
            "subscription" => reads::<stripe_shared::Subscription>(&text),
            _ => true,
        };
        assert!(is_read, "async-stripe does not read {text}");
    }
}

/// Each step ended as the scenario says.
fn check(said: &Value) {
    let mut saved = Map::new();
    for (step, result) in scenario().iter().zip(said.as_array().unwrap()) {
        let (name, answer) = (&step["name"], &result["answer"]);
        let (wanted, got) = match step.get("fails") {
            Some(error) => (error, &result["error"]),
            None => (&step["expect"], answer),
        };
        assert!(got.is_object(), "{name}: {result}");
        for (key, value) in wanted.as_object().unwrap() {
            let found = at(got, key).cloned().unwrap_or_default();
            assert_eq!(found, filled(value, &saved), "{name}: {key} of {result}");
        }
        for key in step["absent"].as_array().into_iter().flatten() {
            assert_eq!(at(answer, key.as_str().unwrap()), None, "{name}: {key}");
        }
        for (key, from) in step["save"].as_object().into_iter().flatten() {
            saved.insert(key.clone(), at(answer, from.as_str().unwrap()).unwrap().clone());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_clients_do_the_same_and_read_the_same() {
    let mut results = Vec::new();
    for client in ["async-stripe", "node", "python"] {
        let running = fresh(Arc::new(ManualClock::at(START))).await;
        let said = if client == "async-stripe" {
            with_async_stripe(&running.url()).await
        } else {
            let scenario = folder().join("scenario.json");
            program(client, &["scenario", &running.url(), KEY, scenario.to_str().unwrap()]).await
        };
        let violations = reqwest::get(format!("{}/_sandbox/violations", running.url())).await.unwrap();
        assert_eq!(violations.json::<Value>().await.unwrap(), json!([]), "{client}");
        running.stop().await;
        results.push((client, normal(said)));
    }
    let (_, first) = &results[0];
    assert_eq!(first.as_array().unwrap().len(), scenario().len());
    check(first);
    for (client, said) in &results[1..] {
        for (ours, theirs) in first.as_array().unwrap().iter().zip(said.as_array().unwrap()) {
            assert_eq!(ours, theirs, "{client} at {}", ours["name"]);
        }
        assert_eq!(first.as_array().unwrap().len(), said.as_array().unwrap().len(), "{client}");
    }
}

/// Real deliveries, and each of them spoilt: what a verifier gets, and whether it may take it.
async fn deliveries() -> Vec<(Value, bool)> {
    let running = fresh(Arc::new(SystemClock)).await;
    let receiver = receiver(&[]).await;
    let http = reqwest::Client::new();
    let post = |path: &str, body: Value| answered(http.post(format!("{}{path}", running.url())).json(&body));
    post("/_sandbox/webhooks", json!({"url": receiver.url, "secret": "whsec_old"})).await;
    let customer = http.post(format!("{}/v1/customers", running.url())).bearer_auth(KEY);
    assert_eq!(answered(customer).await.0, 200);
    let event = receiver.after(1).await[0].event["id"].clone();
    post("/_sandbox/webhooks/deliver", json!({"event": event, "fault": {"kind": "stale_timestamp"}})).await;
    receiver.after(2).await;
    post("/_sandbox/webhooks/deliver", json!({"event": event, "fault": {"kind": "wrong_secret"}})).await;
    receiver.after(3).await;
    post("/_sandbox/webhooks/roll", json!({"secret": "whsec_new"})).await;
    post("/_sandbox/webhooks/deliver", json!({"event": event})).await;
    let received = receiver.after(4).await;
    running.stop().await;
    let [good, stale, wrong, rolled] = received.as_slice() else { panic!("four deliveries") };
    let row =
        |body: &str, signature: &str, secret: &str| json!({"body": body, "signature": signature, "secret": secret});
    let altered_body = good.body.replacen("evt_", "evt_x", 1);
    // Still JSON, and one byte more than what was signed.
    let longer_body = format!("{} ", good.body);
    let altered_signature = good.signature.replace("v1=", "v1=0");
    vec![
        (row(&good.body, &good.signature, "whsec_old"), true),
        (row(&rolled.body, &rolled.signature, "whsec_old"), true),
        (row(&rolled.body, &rolled.signature, "whsec_new"), true),
        (row(&good.body, &good.signature, "whsec_other"), false),
        (row(&altered_body, &good.signature, "whsec_old"), false),
        (row(&longer_body, &good.signature, "whsec_old"), false),
        (row(&good.body, &altered_signature, "whsec_old"), false),
        (row(&stale.body, &stale.signature, "whsec_old"), false),
        (row(&wrong.body, &wrong.signature, "whsec_old"), false),
    ]
}

/// Whether async-stripe's verifier takes a delivery; it must refuse for the signature's sake.
fn is_taken_by_async_stripe(row: &Value) -> bool {
    let text = |key: &str| row[key].as_str().unwrap();
    match Webhook::construct_event(text("body"), text("signature"), text("secret")) {
        Ok(event) => {
            assert!(matches!(event.data.object, EventObject::CustomerCreated(_)), "{event:?}");
            true
        }
        Err(WebhookError::BadSignature | WebhookError::BadTimestamp(_)) => false,
        Err(other) => panic!("{other}: {row}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_verifiers_take_our_signatures_and_no_others() {
    let (rows, taken): (Vec<Value>, Vec<bool>) = deliveries().await.into_iter().unzip();
    assert_eq!(rows.iter().map(is_taken_by_async_stripe).collect::<Vec<_>>(), taken, "async-stripe");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deliveries.json");
    std::fs::write(&file, json!(rows).to_string()).unwrap();
    for language in ["node", "python"] {
        let said = program(language, &["verify", file.to_str().unwrap()]).await;
        let verdicts: Vec<bool> = said.as_array().unwrap().iter().map(|verdict| *verdict == true).collect();
        assert_eq!(verdicts, taken, "{language}: {said}");
        let reasons = said.as_array().unwrap().iter().filter(|verdict| **verdict != true);
        assert!(reasons.clone().all(|reason| reason.as_str().unwrap().contains("SignatureVerification")), "{said}");
    }
}

//! A started sandbox and a plain HTTP client for it.

use std::path::PathBuf;
use std::sync::Arc;

use reqwest::{Client, RequestBuilder, StatusCode};
use sandbox::clock::ManualClock;
use sandbox::{Options, Running};
use serde_json::{Value, json};

/// 2026-11-21 00:00:00 UTC.
pub const START: i64 = 1_795_219_200;
pub const KEY: &str = "sk_test_sandbox";

/// Form fields.
pub type Fields<'a> = &'a [(&'a str, &'a str)];

pub struct Started {
    pub running: Running,
    pub clock: Arc<ManualClock>,
    pub http: Client,
}

pub async fn start() -> Started {
    start_with(None).await
}

pub async fn start_with(state_file: Option<PathBuf>) -> Started {
    let clock = Arc::new(ManualClock::at(START));
    let listener = sandbox::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let options = Options { clock: clock.clone(), state_file, ..Options::default() };
    let running = sandbox::serve(listener, options).await.unwrap();
    let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    Started { running, clock, http }
}

impl Started {
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.running.url())
    }

    pub fn post_request(&self, path: &str, fields: Fields<'_>) -> RequestBuilder {
        let mut body = url_encoded();
        body.extend_pairs(fields);
        self.http
            .post(self.at(path))
            .bearer_auth(KEY)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.finish())
    }

    pub async fn post(&self, path: &str, fields: Fields<'_>) -> (StatusCode, Value) {
        answered(self.post_request(path, fields)).await
    }

    /// A post that must succeed.
    pub async fn made(&self, path: &str, fields: Fields<'_>) -> Value {
        let (status, body) = self.post(path, fields).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        answered(self.http.get(self.at(path)).bearer_auth(KEY)).await
    }

    pub async fn delete(&self, path: &str) -> (StatusCode, Value) {
        answered(self.http.delete(self.at(path)).bearer_auth(KEY)).await
    }

    pub async fn fault(&self, fault: Value) {
        let request = self.http.post(self.at("/_sandbox/faults")).json(&fault);
        let (status, body) = answered(request).await;
        assert_eq!(status, 200, "{body}");
    }

    pub async fn log(&self) -> Vec<Value> {
        match self.get("/_sandbox/requests").await.1 {
            Value::Array(rows) => rows,
            other => panic!("not a list: {other}"),
        }
    }

    pub async fn customer(&self) -> String {
        let customer = self.made("/v1/customers", &[("email", "owner@acme.test"), ("name", "Acme")]).await;
        id(&customer)
    }

    /// Ends the test: no answer of the sandbox's own broke the contract.
    pub async fn end(self) {
        assert_eq!(self.get("/_sandbox/violations").await.1, json!([]));
        self.running.stop().await;
    }
}

fn url_encoded() -> url::form_urlencoded::Serializer<'static, String> {
    url::form_urlencoded::Serializer::new(String::new())
}

pub async fn answered(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap())
}

pub fn id(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

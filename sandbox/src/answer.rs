//! An answer and how it is sent.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::Value;

use crate::contract::API_VERSION;
use crate::http::errors::{ApiError, ErrorType};
use crate::http::faults::Fault;

/// What a request is answered with.
pub struct Answer {
    pub status: u16,
    pub body: Value,
    /// The body as it is sent, where it is known already.
    pub text: Option<Arc<str>>,
    /// The `Request-Id` of the request whose answer this repeats.
    pub repeats: Option<String>,
    pub fault: Option<Fault>,
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        Self { status: error.status, body: error.body(), text: None, repeats: None, fault: None }
    }
}

/// The error of a fault of kind `status`.
pub fn faulted(status: u16) -> ApiError {
    let (kind, code) = match status {
        402 => (ErrorType::Card, "card_declined"),
        429 => (ErrorType::InvalidRequest, "rate_limit"),
        400..500 => (ErrorType::InvalidRequest, ""),
        _ => (ErrorType::Api, ""),
    };
    ApiError::new(status, kind, code, format!("A fault of the sandbox, asked for: status {status}."))
}

/// The response, with Stripe's headers; `key` is the request's idempotency key.
pub fn send(answer: &Answer, request: &str, key: Option<&str>) -> Response {
    let text = answer.text.as_ref().map(|text| text.as_bytes().to_vec());
    let text = text.unwrap_or_else(|| serde_json::to_vec(&answer.body).unwrap_or_default());
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let mut put = |name: &'static str, value: &'static str| {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    };
    put("content-type", "application/json");
    put("cache-control", "no-cache, no-store");
    put("stripe-version", API_VERSION);
    if answer.repeats.is_some() {
        put("idempotent-replayed", "true");
    }
    match answer.status {
        409 | 429 | 500 | 502..=599 => put("stripe-should-retry", "true"),
        400..=599 => put("stripe-should-retry", "false"),
        _ => {}
    }
    if answer.status == 429 {
        put("retry-after", "1");
        put("stripe-rate-limited-reason", "global-rate");
    }
    let mut tell = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    tell("request-id", request);
    if let Some(key) = key {
        tell("idempotency-key", key);
        tell("original-request", answer.repeats.as_deref().unwrap_or(request));
    }
    response
}

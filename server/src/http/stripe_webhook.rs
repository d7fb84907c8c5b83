//! `POST /webhooks/stripe`: the payment provider's deliveries (W-02, W-03, check W09).
//!
//! 2xx once it is stored; 400 when it is not signed by the provider; 413 above a megabyte; 408 when
//! it does not come in time; 503 when it can't be stored, so that it is sent again. No session, no
//! cookie, no origin: the signature is all there is. Nothing of the body is logged here (check S02).

use std::time::Duration;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CONTENT_LENGTH, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
    routing::post,
};
use services::{Services, billing::NotReceived};

/// Stripe's events are a few kilobytes; a large invoice some hundred.
const LIMIT: usize = 1024 * 1024;
/// For the whole body.
const PATIENCE: Duration = Duration::from_secs(5);

pub fn router(services: Services) -> Router {
    Router::new().route("/webhooks/stripe", post(receive)).with_state(services)
}

async fn receive(State(services): State<Services>, headers: HeaderMap, request: Request) -> Response {
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > LIMIT as u64) {
        return said(StatusCode::PAYLOAD_TOO_LARGE, "too large\n");
    }
    let body = match tokio::time::timeout(PATIENCE, read(request.into_body())).await {
        Ok(Ok(body)) => body,
        Ok(Err(status)) => return said(status, "the body can't be read\n"),
        Err(_) => return said(StatusCode::REQUEST_TIMEOUT, "the body did not come in time\n"),
    };
    store::kill_point!("webhook-read");
    let received = services.receive_billing_event(only(&headers, "stripe-signature"), &body).await;
    store::kill_point!("webhook-stored");
    match received {
        Ok(true) => said(StatusCode::OK, "stored\n"),
        Ok(false) => said(StatusCode::OK, "known\n"),
        Err(NotReceived::Signature(error)) => {
            tracing::warn!(%error, "a delivery was refused");
            said(StatusCode::BAD_REQUEST, "not signed with a secret of this endpoint, or not now\n")
        }
        Err(NotReceived::Store(error)) => {
            tracing::error!(%error, "a delivery could not be stored; the provider sends it again");
            let mut response = said(StatusCode::SERVICE_UNAVAILABLE, "it can't be stored now\n");
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
            response
        }
    }
}

async fn read(body: Body) -> Result<axum::body::Bytes, StatusCode> {
    to_bytes(body, LIMIT).await.map_err(|error| {
        let is_too_large =
            std::error::Error::source(&error).is_some_and(|source| source.to_string().contains("length limit"));
        if is_too_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST }
    })
}

/// A header that is there once; twice the same is somebody playing parsers against each other.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    if values.next().is_some() { None } else { first.to_str().ok() }
}

fn said(status: StatusCode, words: &'static str) -> Response {
    (status, words).into_response()
}

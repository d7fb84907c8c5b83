//! Card numbers are refused (C-01): whatever field they are typed into, nothing of them is stored, and
//! the person is told where a card belongs. The log hides them on its own (`server/src/log/redact.rs`).

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    response::{IntoResponse, Response},
};
use domain::card_number;
use http::{StatusCode, header::CONTENT_TYPE};
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use super::chain::Next;

/// The body was read before, and is no larger than that.
const LIMIT: usize = 256 * 1024;

pub async fn refuse(request: Request, next: Next) -> Response {
    let uri = request.uri();
    let is_in_address = card_number::is_in(&percent_decode_str(uri.path()).decode_utf8_lossy())
        || uri.query().is_some_and(|query| is_in_form(query.as_bytes()));
    if is_in_address {
        return refused();
    }
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LIMIT).await else { return StatusCode::BAD_REQUEST.into_response() };
    let is_form = parts
        .headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let is_in_body = if is_form { is_in_form(&bytes) } else { card_number::is_in(&String::from_utf8_lossy(&bytes)) };
    if is_in_body { refused() } else { next.run(Request::from_parts(parts, Body::from(bytes))).await }
}

fn is_in_form(form: &[u8]) -> bool {
    form_urlencoded::parse(form).any(|(name, value)| card_number::is_in(&name) || card_number::is_in(&value))
}

fn refused() -> Response {
    tracing::warn!("a request with a card number was refused");
    let mut response = StatusCode::UNPROCESSABLE_ENTITY.into_response();
    response.extensions_mut().insert(app::error::AppError::CardNumber);
    response
}

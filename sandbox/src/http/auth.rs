//! The secret key, by Bearer or by Basic.

use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;

use super::errors::{ApiError, ErrorType};

/// How a request named its key. The key itself is never kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorizationKind {
    Bearer,
    Basic,
    Other,
    None,
}

/// How the request named its key.
pub fn kind(headers: &HeaderMap) -> AuthorizationKind {
    match headers.get(AUTHORIZATION).map(HeaderValue::as_bytes) {
        None => AuthorizationKind::None,
        Some(value) if value.starts_with(b"Bearer ") => AuthorizationKind::Bearer,
        Some(value) if value.starts_with(b"Basic ") => AuthorizationKind::Basic,
        Some(_) => AuthorizationKind::Other,
    }
}

/// Passes when the request carries `secret_key`; 401 otherwise. A wrong key is not repeated
/// in the message.
pub fn check(headers: &HeaderMap, secret_key: &str) -> Result<(), ApiError> {
    match given(headers) {
        Some(key) if key == secret_key => Ok(()),
        Some(_) => Err(unauthorized("Invalid API Key provided.")),
        None => Err(unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header, \
             using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        )),
    }
}

fn given(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    if let Some(key) = value.strip_prefix("Bearer ") {
        return Some(key.trim().to_owned());
    }
    let decoded = STANDARD.decode(value.strip_prefix("Basic ")?.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    // The key is the user name, the password stays empty.
    text.split_once(':').map(|(key, _)| key.to_owned())
}

fn unauthorized(message: &str) -> ApiError {
    ApiError::new(401, ErrorType::InvalidRequest, "", message)
}

//! Who asks: the secret key or a restricted one, by Bearer or by Basic.

use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;

use super::errors::{ApiError, ErrorType};
use super::rights::Rights;

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

/// Who asks.
#[derive(Debug, PartialEq, Eq)]
pub enum Caller {
    /// With all rights.
    Secret,
    /// With the key, and what it may do.
    Restricted(String, Rights),
    /// With a key of live mode, of which the sandbox has none.
    Live,
}

/// Who asks; 401 for nobody and for a wrong key, which is not repeated in the message.
pub fn caller(
    headers: &HeaderMap,
    secret_key: &str,
    restricted: impl FnOnce(&str) -> Option<Rights>,
) -> Result<Caller, ApiError> {
    let key = given(headers).ok_or_else(|| {
        unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header, \
             using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        )
    })?;
    if key == secret_key {
        return Ok(Caller::Secret);
    }
    if let Some(rights) = restricted(&key) {
        return Ok(Caller::Restricted(key, rights));
    }
    if key.starts_with("sk_live_") || key.starts_with("rk_live_") {
        return Ok(Caller::Live);
    }
    if key.starts_with("pk_") {
        let message = "This API call cannot be made with a publishable API key. Please use a secret API key.";
        return Err(ApiError::new(403, ErrorType::InvalidRequest, "secret_key_required", message));
    }
    Err(unauthorized("Invalid API Key provided."))
}

/// The refusal of a key of live mode; `object` is the `object` of what the path names, if it is here.
pub fn wrong_mode(object: Option<&str>, id: &str) -> ApiError {
    if let Some(noun) = object {
        let message = format!(
            "No such {noun}: '{id}'; a similar object exists in test mode, but a live mode key was used to make \
             this request."
        );
        return ApiError::new(404, ErrorType::InvalidRequest, "resource_missing", message).about("id");
    }
    let message = "Test and live mode API keys, requests, and objects are only available within the mode they are \
                   in. The sandbox has test mode only.";
    ApiError::new(401, ErrorType::InvalidRequest, "livemode_mismatch", message)
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

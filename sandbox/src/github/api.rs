//! Who somebody is, for the token of theirs.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::people::{Person, find};
use super::{GitHub, Opened};

pub async fn user(State(github): State<Arc<GitHub>>, headers: HeaderMap) -> Response {
    match opened(&github, &headers) {
        Ok((_, person)) => Json(json!({
            "id": person.id,
            "login": person.login,
            "name": person.name,
            "type": "User",
            // The public one, which nobody has: the addresses are asked for.
            "email": null,
        }))
        .into_response(),
        Err(response) => response,
    }
}

pub async fn emails(State(github): State<Arc<GitHub>>, headers: HeaderMap) -> Response {
    match opened(&github, &headers) {
        Ok((opened, person)) if opened.scopes.iter().any(|scope| scope == "user:email" || scope == "user") => {
            Json(person.addresses).into_response()
        }
        Ok(_) => (StatusCode::NOT_FOUND, Json(json!({ "message": "Not Found" }))).into_response(),
        Err(response) => response,
    }
}

#[expect(clippy::result_large_err, reason = "the refusal is the response")]
fn opened(github: &GitHub, headers: &HeaderMap) -> Result<(Opened, &'static Person), Response> {
    let said = |status: StatusCode, message: &str| (status, Json(json!({ "message": message }))).into_response();
    if headers.get(header::USER_AGENT).is_none() {
        return Err(said(StatusCode::FORBIDDEN, "Request forbidden: a User-Agent header is needed."));
    }
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let opened = token.and_then(|token| github.desk().tokens.get(token).cloned());
    let person = opened.as_ref().and_then(|opened| find(&opened.login));
    opened.zip(person).ok_or_else(|| said(StatusCode::UNAUTHORIZED, "Bad credentials"))
}

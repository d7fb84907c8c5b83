//! `/login/oauth/access_token`: a code for a token. As GitHub does, it says no with status
//! 200 and an error in the body, and speaks JSON to those who ask for it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{CLIENT_ID, CLIENT_SECRET, CODE_LIVES, GitHub, Granted, Opened, REMEMBERED};

type Fields = HashMap<String, String>;

pub async fn redeem(State(github): State<Arc<GitHub>>, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    let wants_json =
        headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"));
    if !wants_json {
        let said = "This sandbox speaks JSON only: send Accept: application/json.";
        return (StatusCode::NOT_ACCEPTABLE, said).into_response();
    }
    let answer = match open(&github, &fields) {
        Ok((token, scopes)) => json!({ "access_token": token, "token_type": "bearer", "scope": scopes.join(",") }),
        Err((error, why)) => refusal(error, why),
    };
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

fn refusal(error: &str, why: &str) -> Value {
    json!({ "error": error, "error_description": why, "error_uri": "/docs" })
}

type Refused = (&'static str, &'static str);

fn open(github: &GitHub, fields: &Fields) -> Result<(String, Vec<String>), Refused> {
    let given = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    if given("client_id") != CLIENT_ID || given("client_secret") != CLIENT_SECRET {
        return Err(("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect."));
    }
    let mut desk = github.desk();
    // Gone whatever comes of it: a code is used once.
    let granted = desk.codes.remove(given("code"));
    let granted = granted.filter(|granted| github.sandbox.clock.now() < granted.at + CODE_LIVES);
    let granted = granted.ok_or(("bad_verification_code", "The code passed is incorrect or expired."))?;
    check(&granted, given("redirect_uri"), given("code_verifier"))?;
    if desk.tokens.len() >= REMEMBERED {
        desk.tokens.clear();
    }
    let token = format!("gho_{}", desk.ids.letters(36));
    desk.tokens.insert(token.clone(), Opened { login: granted.login, scopes: granted.scopes.clone() });
    Ok((token, granted.scopes))
}

fn check(granted: &Granted, redirect_uri: &str, verifier: &str) -> Result<(), Refused> {
    if redirect_uri != granted.redirect_uri {
        return Err(("redirect_uri_mismatch", "The redirect_uri MUST match the one that the code was asked for with."));
    }
    let fits =
        (43..=128).contains(&verifier.len()) && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == granted.challenge;
    if fits { Ok(()) } else { Err(("bad_verification_code", "The code_verifier does not fit the code_challenge.")) }
}

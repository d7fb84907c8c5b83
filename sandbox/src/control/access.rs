//! `/_sandbox/keys`, `/_sandbox/rate_limit`, `/_sandbox/authenticate`: who may do what, how often,
//! and what the customer says to the bank.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Reply, Shared, bad, saved};
use crate::http::errors::ApiError;
use crate::http::rights::{Rights, is_resource};
use crate::life::pay::answer_challenge;
use crate::memory::Memory;
use crate::objects::setup_intent;
use crate::transaction::{Stop, transact};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Restricted {
    key: String,
    rights: Rights,
}

fn listed(memory: &Memory) -> Value {
    memory.books.restricted_keys.into_iter().map(|(key, rights)| json!({"key": key, "rights": rights})).collect()
}

/// `GET /_sandbox/keys`: the restricted keys and their rights.
pub async fn keys(State(sandbox): Shared) -> Reply {
    (StatusCode::OK, Json(listed(&sandbox.memory())))
}

/// `POST /_sandbox/keys`: `{key: "rk_test_…", rights: {customer: "write", …}}`, new or changed.
pub async fn set_key(State(sandbox): Shared, body: Bytes) -> Reply {
    let sent: Restricted = match serde_json::from_slice(&body) {
        Ok(sent) => sent,
        Err(error) => return bad(error.to_string()),
    };
    if !sent.key.starts_with("rk_test_") {
        return bad("a restricted key begins with rk_test_");
    }
    if let Some(name) = sent.rights.keys().find(|name| !is_resource(name)) {
        return bad(format!("no resource is called `{name}`"));
    }
    sandbox.memory().books.restricted_keys.insert_cow(sent.key, sent.rights);
    match saved(&sandbox).await {
        Ok(()) => keys(State(sandbox)).await,
        Err(reply) => reply,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    per_second: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Challenge {
    intent: String,
    succeeds: bool,
}

/// `POST /_sandbox/authenticate`: `{intent: "seti_…" or "pi_…", succeeds: true}` ends a 3-D Secure challenge.
pub async fn authenticate(State(sandbox): Shared, body: Bytes) -> Reply {
    let sent: Challenge = match serde_json::from_slice(&body) {
        Ok(sent) => sent,
        Err(error) => return bad(error.to_string()),
    };
    let done = transact(&sandbox, &mut sandbox.memory(), None, |books| {
        if sent.intent.starts_with("pi_") && answer_challenge(books, &sent.intent, sent.succeeds) {
            return Ok(books.payment_intents.get(&sent.intent).cloned().unwrap_or_default());
        }
        let ended = setup_intent::authenticated(books, &sent.intent, sent.succeeds);
        let waiting = ended.ok_or_else(|| ApiError::no_such("challenge of", &sent.intent, "intent", false))?;
        Ok(waiting?)
    });
    if let Err(reply) = saved(&sandbox).await {
        return reply;
    }
    match done {
        Ok(intent) => (StatusCode::OK, Json(intent)),
        Err(Stop::Refused(error)) if error.is_done => (StatusCode::OK, Json(error.body())),
        Err(Stop::Refused(error)) => bad(error.message),
        Err(Stop::Broken(problem)) => bad(problem),
    }
}

/// `GET /_sandbox/rate_limit`.
pub async fn rate_limit(State(sandbox): Shared) -> Reply {
    (StatusCode::OK, Json(json!(sandbox.memory().rate_limit)))
}

/// `POST /_sandbox/rate_limit`: `{per_second: 25}`, or null for none.
pub async fn set_rate_limit(State(sandbox): Shared, body: Bytes) -> Reply {
    match serde_json::from_slice::<Limit>(&body) {
        Err(error) => bad(error.to_string()),
        Ok(limit) => {
            sandbox.memory().rate_limit.set(limit.per_second);
            rate_limit(State(sandbox)).await
        }
    }
}

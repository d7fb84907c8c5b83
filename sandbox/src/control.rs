//! `/_sandbox/…`: for tests and developers. No key is asked for: the address is loopback.

pub mod access;
pub mod webhooks;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::http::errors::ApiError;
use crate::http::faults::Fault;
use crate::memory::{Memory, Sandbox};
use crate::saving::save;
use crate::settings::Settings;

type Reply = (StatusCode, Json<Value>);
type Shared = State<Arc<Sandbox>>;

fn bad(problem: impl Into<String>) -> Reply {
    (StatusCode::BAD_REQUEST, Json(json!({"error": problem.into()})))
}

fn unsaved(error: &ApiError) -> Reply {
    (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({"error": error.message})))
}

/// Saves what a control changed.
pub async fn saved(sandbox: &Arc<Sandbox>) -> Result<(), Reply> {
    let number = sandbox.memory().changed();
    save(sandbox, number).await.map_err(|error| unsaved(&error))
}

/// `GET /_sandbox/requests?last=N`: the newest N rows (all without `last`), newest last.
pub async fn requests(State(sandbox): Shared, Query(query): Query<HashMap<String, String>>) -> Reply {
    let last = match query.get("last").map(|text| text.parse::<usize>()) {
        None => usize::MAX,
        Some(Ok(last)) => last,
        Some(Err(_)) => return bad("`last` must be a number"),
    };
    let memory = sandbox.memory();
    (StatusCode::OK, Json(json!(memory.log.last(last).collect::<Vec<_>>())))
}

/// `GET /_sandbox/violations`: the sandbox's own answers that broke the contract.
pub async fn violations(State(sandbox): Shared) -> Reply {
    (StatusCode::OK, Json(json!(sandbox.memory().violations)))
}

/// `POST /_sandbox/reset`: back to the beginning, with log, faults and violations.
pub async fn reset(State(sandbox): Shared) -> Reply {
    let number = {
        let mut memory = sandbox.memory();
        let number = memory.changed();
        *memory = Memory { changes: number, ..Memory::fresh(sandbox.seed, sandbox.clock.now()) };
        number
    };
    match save(&sandbox, number).await {
        Ok(()) => (StatusCode::OK, Json(json!({"reset": true}))),
        Err(error) => unsaved(&error),
    }
}

/// `GET /_sandbox/faults`: those still in force.
pub async fn faults(State(sandbox): Shared) -> Reply {
    (StatusCode::OK, Json(json!(sandbox.memory().faults.list())))
}

/// `POST /_sandbox/faults`: one fault or a list of them; all or none are taken.
pub async fn add_faults(State(sandbox): Shared, body: Bytes) -> Reply {
    let sent: Value = match serde_json::from_slice(&body) {
        Ok(sent) => sent,
        Err(error) => return bad(error.to_string()),
    };
    let list = if sent.is_array() { sent } else { json!([sent]) };
    let list: Vec<Fault> = match serde_json::from_value(list) {
        Ok(list) => list,
        Err(error) => return bad(error.to_string()),
    };
    if let Some(problem) = list.iter().find_map(|fault| fault.check().err()) {
        return bad(problem);
    }
    let mut memory = sandbox.memory();
    for fault in list {
        memory.faults.add(fault);
    }
    (StatusCode::OK, Json(json!(memory.faults.list())))
}

/// `DELETE /_sandbox/faults`: ends them all.
pub async fn clear_faults(State(sandbox): Shared) -> Reply {
    sandbox.memory().faults.clear();
    (StatusCode::OK, Json(json!([])))
}

/// `GET /_sandbox/settings`: what an owner decides in the dashboard.
pub async fn settings(State(sandbox): Shared) -> Reply {
    (StatusCode::OK, Json(json!(sandbox.memory().books.settings)))
}

/// `POST /_sandbox/settings`: all of them; what is left out goes back to its default.
pub async fn set_settings(State(sandbox): Shared, body: Bytes) -> Reply {
    let settings: Settings = match serde_json::from_slice(&body) {
        Ok(settings) => settings,
        Err(error) => return bad(error.to_string()),
    };
    sandbox.memory().books.settings = settings;
    match saved(&sandbox).await {
        Ok(()) => self::settings(State(sandbox)).await,
        Err(reply) => reply,
    }
}

/// Anything else below `/_sandbox/`.
pub async fn unknown() -> Reply {
    (StatusCode::NOT_IMPLEMENTED, Json(json!({"error": "the sandbox has no such control; see sandbox/README.md"})))
}

//! `/v1/…`: one request from its arrival to its answer.
//!
//! The order matters: who asks, what for, is it well formed, does a fault strike, was it asked
//! before; only then is anything done. The work runs in a task of its own, so a client that
//! hangs up changes nothing about it, as with Stripe.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use serde_json::Value;

use crate::admission::{Admitted, Asked, admit};
use crate::answer::{Answer, faulted, send};
use crate::http::auth;
use crate::http::errors::{ApiError, ErrorType};
use crate::http::faults::{Fault, FaultKind};
use crate::http::form::{self, tree_json};
use crate::http::idempotency::{Claim, KeptAnswer};
use crate::http::request_log::Row;
use crate::http::secrets;
use crate::memory::Sandbox;
use crate::perform::{Task, perform};
use crate::saving::save;
use crate::state::StateFile;
use crate::wire::Wire;

/// More than any request of Stripe's needs.
const LONGEST_BODY: usize = 1 << 20;

/// Answers any request below `/v1/`.
pub async fn answer(
    State(sandbox): State<Arc<Sandbox>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let read = to_bytes(body, LONGEST_BODY).await;
    let is_too_long = read.is_err();
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: read.unwrap_or_default(),
    };
    let key = asked.header("idempotency-key").map(str::to_owned);
    let (number, request) = begin(&sandbox, &asked);
    let worker = {
        let (sandbox, request) = (Arc::clone(&sandbox), request.clone());
        tokio::spawn(async move {
            if is_too_long {
                return Answer::from(ApiError::new(413, ErrorType::InvalidRequest, "", "Request body too large."));
            }
            work(&sandbox, &asked, number, &request).await.unwrap_or_else(Answer::from)
        })
    };
    let mut answer = worker.await.unwrap_or_else(|_| {
        Answer::from(ApiError::new(500, ErrorType::Api, "sandbox_panic", "The sandbox has a defect: see its log."))
    });
    note(&sandbox, number, &answer);
    if let Some(fault) = answer.fault.take() {
        match fault.kind {
            FaultKind::Hang => pending().await,
            FaultKind::Drop => wire.break_now(),
            FaultKind::HalfAnswer => wire.break_halfway(),
            _ if answer.status == 200 => fault.falsify(&mut answer.body),
            _ => {}
        }
    }
    send(&answer, &request, key.as_deref())
}

/// Writes the request down before anything is judged, and gives it its id.
fn begin(sandbox: &Sandbox, asked: &Asked) -> (usize, String) {
    let at = sandbox.clock.now();
    let readable = |text: &[u8]| secrets::hidden(tree_json(&form::parse(text).unwrap_or_default()));
    let mut memory = sandbox.memory();
    let id = memory.request_ids.object("req");
    let number = memory.log.begin(Row {
        id: id.clone(),
        at,
        method: asked.method.clone(),
        path: secrets::without_numbers(&asked.path),
        query: readable(asked.query.as_bytes()),
        form: readable(&asked.body),
        idempotency_key: asked.header("idempotency-key").map(str::to_owned),
        stripe_version: asked.header("stripe-version").map(str::to_owned),
        authorization: auth::kind(&asked.headers),
        status: None,
        object_id: None,
        customer: None,
        replayed: false,
        fault: None,
    });
    (number, id)
}

async fn work(sandbox: &Arc<Sandbox>, asked: &Asked, number: usize, request: &str) -> Result<Answer, ApiError> {
    let admitted = admit(sandbox, asked)?;
    sandbox.memory().rate_limit.count(sandbox.clock.now())?;
    let fault = strike(sandbox, asked, &admitted);
    if let Some(Fault { kind: FaultKind::Status, value, .. }) = fault {
        mark(sandbox, number, fault.as_ref());
        return Err(faulted(u16::try_from(value.unwrap_or(500)).unwrap_or(500)));
    }
    let key = asked.header("idempotency-key").filter(|_| asked.method == "POST");
    if let Some(key) = key {
        let params = secrets::hidden(Value::Object(admitted.params.clone()));
        let claim = sandbox.memory().keys.claim(key, &asked.path, &params, sandbox.clock.now())?;
        if let Claim::Replay(kept) = claim {
            mark(sandbox, number, fault.as_ref());
            sandbox.memory().log.change(number, |row| row.replayed = true);
            return Ok(Answer { status: kept.status, body: kept.body, repeats: Some(kept.request), fault });
        }
    }
    mark(sandbox, number, fault.as_ref());
    if let Some(Fault { kind: FaultKind::DelayMs, value, .. }) = fault {
        tokio::time::sleep(Duration::from_millis(value.unwrap_or(0))).await;
    }
    let is_broken = fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::ContractViolation);
    let task = Task {
        operation: admitted.operation,
        modelled: admitted.modelled,
        path_ids: &admitted.path_ids,
        path: &asked.path,
        params: &admitted.params,
        request,
        idempotency_key: key,
        is_broken,
    };
    let (status, body, snapshot) = {
        let mut memory = sandbox.memory();
        let (status, body, is_kept) = perform(sandbox, &mut memory, &task);
        match key {
            Some(key) if is_kept => {
                memory.keys.keep(key, KeptAnswer { status, body: body.clone(), request: request.to_owned() });
            }
            Some(key) => memory.keys.release(key),
            None => {}
        }
        let is_change = asked.method != "GET";
        memory.changes += u64::from(is_change);
        let snapshot = (is_change && sandbox.state_file.is_some()).then(|| StateFile::snapshot(&memory));
        (status, body, snapshot)
    };
    if let Some(snapshot) = snapshot {
        save(sandbox, snapshot).await?;
    }
    Ok(Answer { status, body, repeats: None, fault })
}

fn strike(sandbox: &Sandbox, asked: &Asked, admitted: &Admitted) -> Option<Fault> {
    let template = &admitted.operation.template;
    sandbox.memory().faults.strike(&asked.method, &asked.path, template)
}

/// Shows in the log that a fault struck; for a delay, that the key is in flight.
fn mark(sandbox: &Sandbox, number: usize, fault: Option<&Fault>) {
    let kind = fault.map(Fault::name);
    sandbox.memory().log.change(number, |row| row.fault = kind);
}

/// Writes down what the answer truly is, before a fault falsifies or loses it.
fn note(sandbox: &Sandbox, number: usize, answer: &Answer) {
    let text = |key: &str| answer.body.get(key).and_then(Value::as_str).map(str::to_owned);
    let is_lost = matches!(answer.fault, Some(Fault { kind: FaultKind::Hang | FaultKind::Drop, .. }));
    sandbox.memory().log.change(number, |row| {
        row.object_id = text("id");
        row.customer = text("customer");
        row.status = (!is_lost).then_some(answer.status);
    });
}

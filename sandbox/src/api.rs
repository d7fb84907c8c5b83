//! `/v1/…`: one request from its arrival to its answer.
//!
//! The order matters: who asks, what for, is it well formed, does a fault strike, was it asked
//! before; only then is anything done. The work runs in a task of its own, so a client that
//! hangs up changes nothing about it, as with Stripe.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value};

use crate::contract::{API_VERSION, Contract, Operation, check_request};
use crate::http::auth;
use crate::http::errors::{ApiError, ErrorType};
use crate::http::faults::{Fault, FaultKind};
use crate::http::form::{self, Form, tree_json};
use crate::http::idempotency::{Claim, KeptAnswer};
use crate::http::request_log::Row;
use crate::memory::Sandbox;
use crate::objects::operation::{Modelled, modelled};
use crate::perform::{Task, perform};
use crate::state_file::StateFile;
use crate::wire::Wire;

/// More than any request of Stripe's needs.
const LONGEST_BODY: usize = 1 << 20;

struct Asked {
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Asked {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A request that may be worked on.
struct Admitted {
    operation: &'static Operation,
    modelled: &'static Modelled,
    path_ids: Vec<String>,
    params: Map<String, Value>,
}

struct Answer {
    status: u16,
    body: Value,
    /// The `Request-Id` of the request whose answer this repeats.
    repeats: Option<String>,
    fault: Option<Fault>,
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        Self {
            status: error.status,
            body: error.body(),
            repeats: None,
            fault: None,
        }
    }
}

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
                return Answer::from(ApiError::new(
                    413,
                    ErrorType::InvalidRequest,
                    "",
                    "Request body too large.",
                ));
            }
            work(&sandbox, &asked, number, &request)
                .await
                .unwrap_or_else(Answer::from)
        })
    };
    let mut answer = worker.await.unwrap_or_else(|_| {
        Answer::from(ApiError::new(
            500,
            ErrorType::Api,
            "sandbox_panic",
            "The sandbox has a defect: see its log.",
        ))
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
    let readable = |text: &[u8]| tree_json(&form::parse(text).unwrap_or_default());
    let mut memory = sandbox.memory();
    let id = memory.request_ids.object("req");
    let number = memory.log.begin(Row {
        id: id.clone(),
        at,
        method: asked.method.clone(),
        path: asked.path.clone(),
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

async fn work(
    sandbox: &Arc<Sandbox>,
    asked: &Asked,
    number: usize,
    request: &str,
) -> Result<Answer, ApiError> {
    let admitted = admit(sandbox, asked)?;
    let fault = strike(sandbox, asked, &admitted);
    if let Some(Fault {
        kind: FaultKind::Status,
        value,
        ..
    }) = fault
    {
        mark(sandbox, number, fault.as_ref());
        return Err(faulted(u16::try_from(value.unwrap_or(500)).unwrap_or(500)));
    }
    let key = asked
        .header("idempotency-key")
        .filter(|_| asked.method == "POST");
    if let Some(key) = key {
        let params = Value::Object(admitted.params.clone());
        let claim = sandbox
            .memory()
            .keys
            .claim(key, &asked.path, &params, sandbox.clock.now())?;
        if let Claim::Replay(kept) = claim {
            mark(sandbox, number, fault.as_ref());
            sandbox
                .memory()
                .log
                .change(number, |row| row.replayed = true);
            return Ok(Answer {
                status: kept.status,
                body: kept.body,
                repeats: Some(kept.request),
                fault,
            });
        }
    }
    mark(sandbox, number, fault.as_ref());
    if let Some(Fault {
        kind: FaultKind::DelayMs,
        value,
        ..
    }) = fault
    {
        tokio::time::sleep(Duration::from_millis(value.unwrap_or(0))).await;
    }
    let is_broken = fault
        .as_ref()
        .is_some_and(|fault| fault.kind == FaultKind::ContractViolation);
    let task = Task {
        operation: admitted.operation,
        modelled: admitted.modelled,
        path_ids: &admitted.path_ids,
        path: &asked.path,
        params: &admitted.params,
        request,
        is_broken,
    };
    let (status, body, snapshot) = {
        let mut memory = sandbox.memory();
        let (status, body, is_kept) = perform(sandbox, &mut memory, &task);
        match key {
            Some(key) if is_kept => {
                memory.keys.keep(
                    key,
                    KeptAnswer {
                        status,
                        body: body.clone(),
                        request: request.to_owned(),
                    },
                );
            }
            Some(key) => memory.keys.release(key),
            None => {}
        }
        let is_change = asked.method != "GET";
        memory.changes += u64::from(is_change);
        let snapshot =
            (is_change && sandbox.state_file.is_some()).then(|| StateFile::snapshot(&memory));
        (status, body, snapshot)
    };
    if let Some(snapshot) = snapshot {
        save(sandbox, snapshot).await?;
    }
    Ok(Answer {
        status,
        body,
        repeats: None,
        fault,
    })
}

/// Writes a snapshot before the change it holds is answered.
pub async fn save(sandbox: &Arc<Sandbox>, snapshot: (u64, Vec<u8>)) -> Result<(), ApiError> {
    let sandbox = Arc::clone(sandbox);
    let written = tokio::task::spawn_blocking(move || {
        sandbox.state_file.as_ref().map_or(Ok(()), |file| {
            file.write(&snapshot).map_err(|error| error.to_string())
        })
    });
    let problem = match written.await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(problem)) => problem,
        Err(_) => "the writer panicked".to_owned(),
    };
    tracing::error!(problem, "the state could not be saved");
    Err(ApiError::new(
        500,
        ErrorType::Api,
        "sandbox_state_not_saved",
        problem,
    ))
}

fn admit(sandbox: &Sandbox, asked: &Asked) -> Result<Admitted, ApiError> {
    auth::check(&asked.headers, &sandbox.secret_key)?;
    if let Some(version) = asked.header("stripe-version")
        && version != API_VERSION
    {
        let message = format!(
            "Invalid Stripe API version: {version}. The sandbox speaks {API_VERSION} only."
        );
        return Err(ApiError::new(400, ErrorType::InvalidRequest, "", message));
    }
    if asked.headers.contains_key("stripe-account") {
        return Err(ApiError::not_modelled(
            "connected accounts (the header Stripe-Account)",
        ));
    }
    let contract = Contract::bundled();
    let found = contract.find(&asked.method, &asked.path);
    let (operation, path_ids) = found.ok_or_else(|| {
        let message = format!(
            "Unrecognized request URL ({}: {}).",
            asked.method, asked.path
        );
        ApiError::new(404, ErrorType::InvalidRequest, "", message)
    })?;
    let params = check_request::check(contract, &operation.input, &sent(asked)?)?;
    let modelled = modelled(&operation.method, &operation.template).ok_or_else(|| {
        ApiError::not_modelled(&format!("{} {}", operation.method, operation.template))
    })?;
    modelled.check_params(&params)?;
    Ok(Admitted {
        operation,
        modelled,
        path_ids,
        params,
    })
}

/// The parameters of a request, from where its method carries them.
fn sent(asked: &Asked) -> Result<BTreeMap<String, Form>, ApiError> {
    let unreadable = |error: form::FormError| ApiError::invalid("", error.to_string());
    let query = form::parse(asked.query.as_bytes()).map_err(unreadable)?;
    if asked.body.is_empty() {
        return Ok(query);
    }
    let is_form = asked
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
        let message = "Invalid request: the body must be application/x-www-form-urlencoded.";
        return Err(ApiError::invalid("", message));
    }
    if !query.is_empty() {
        return Err(ApiError::invalid(
            "",
            "Invalid request: parameters both in the query and in the body.",
        ));
    }
    form::parse(&asked.body).map_err(unreadable)
}

fn strike(sandbox: &Sandbox, asked: &Asked, admitted: &Admitted) -> Option<Fault> {
    let template = &admitted.operation.template;
    sandbox
        .memory()
        .faults
        .strike(&asked.method, &asked.path, template)
}

/// Shows in the log that a fault struck; for a delay, that the key is in flight.
fn mark(sandbox: &Sandbox, number: usize, fault: Option<&Fault>) {
    let kind = fault.map(Fault::name);
    sandbox.memory().log.change(number, |row| row.fault = kind);
}

fn faulted(status: u16) -> ApiError {
    let (kind, code) = match status {
        402 => (ErrorType::Card, "card_declined"),
        429 => (ErrorType::InvalidRequest, "rate_limit"),
        400..500 => (ErrorType::InvalidRequest, ""),
        _ => (ErrorType::Api, ""),
    };
    ApiError::new(
        status,
        kind,
        code,
        format!("A fault of the sandbox, asked for: status {status}."),
    )
}

/// Writes down what the answer truly is, before a fault falsifies or loses it.
fn note(sandbox: &Sandbox, number: usize, answer: &Answer) {
    let text = |key: &str| {
        answer
            .body
            .get(key)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let is_lost = matches!(
        answer.fault,
        Some(Fault {
            kind: FaultKind::Hang | FaultKind::Drop,
            ..
        })
    );
    sandbox.memory().log.change(number, |row| {
        row.object_id = text("id");
        row.customer = text("customer");
        row.status = (!is_lost).then_some(answer.status);
    });
}

fn send(answer: &Answer, request: &str, key: Option<&str>) -> Response {
    let mut response = Response::new(Body::from(answer.body.to_string()));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    };
    put("content-type", "application/json");
    put("cache-control", "no-cache, no-store");
    put("request-id", request);
    put("stripe-version", API_VERSION);
    if let Some(key) = key {
        put("idempotency-key", key);
        put(
            "original-request",
            answer.repeats.as_deref().unwrap_or(request),
        );
    }
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
    }
    response
}

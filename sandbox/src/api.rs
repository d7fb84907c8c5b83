//! `/v1/…`: one request from its arrival to its answer.
//!
//! The order matters: who asks, what for, is it well formed, does a fault strike, was it asked
//! before; only then is anything done (`job.rs`). What waits for something goes on in a task of its
//! own, so a client that hangs up changes nothing about the work, as with Stripe.

use std::future::pending;
use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use serde_json::{Map, Value};

use crate::admission::{Asked, Forms};
use crate::answer::{Answer, send};
use crate::caught::caught;
use crate::http::auth;
use crate::http::errors::{ApiError, ErrorType};
use crate::http::faults::{Fault, FaultKind};
use crate::http::form::tree_json;
use crate::http::request_log::{Nested, Row};
use crate::http::secrets;
use crate::job::{self, Step, Ticket};
use crate::memory::Sandbox;
use crate::wire::Wire;

/// More than any request of Stripe's needs.
const LONGEST_BODY: usize = 1 << 20;
/// A body that is too long is read this far, and let go: a client that is cut off while it sends does
/// not get to read why.
const LONGEST_READ: usize = 16 << 20;

/// Answers any request below `/v1/`.
pub async fn answer(
    State(sandbox): State<Arc<Sandbox>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let read = to_bytes(body, LONGEST_READ).await.ok().filter(|body| body.len() <= LONGEST_BODY);
    let is_too_long = read.is_none();
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: read.unwrap_or_default(),
    };
    let key = asked.header("idempotency-key").map(str::to_owned);
    let (ticket, first) = receive(&sandbox, asked, is_too_long);
    let mut answer = match first {
        Step::Answered(answer) => answer,
        Step::Waiting(waiting) => {
            let work = tokio::spawn(job::finish(Arc::clone(&sandbox), waiting));
            work.await.unwrap_or_else(|_| job::defect())
        }
    };
    note(&sandbox, ticket.number, &answer);
    if let Some(fault) = answer.fault.take() {
        match fault.kind {
            FaultKind::Hang => pending().await,
            FaultKind::Drop => wire.break_now(),
            FaultKind::HalfAnswer => wire.break_halfway(),
            _ if answer.status == 200 => fault.falsify(&mut answer.body),
            _ => {}
        }
    }
    send(&answer, &ticket.request, key.as_deref())
}

/// Looks at who asks, writes the request down, and does what waits for nothing.
fn receive(sandbox: &Sandbox, asked: Asked, is_too_long: bool) -> (Ticket, Step) {
    let restricted = |key: &str| sandbox.memory().books.restricted_keys.get(key).cloned();
    let caller = auth::caller(&asked.headers, &sandbox.secret_key, restricted);
    let forms = if caller.is_ok() { Forms::of(&asked) } else { Forms::unread() };
    let ticket = begin(sandbox, &asked, &forms);
    let step = match caller {
        Err(error) => Step::Answered(error.into()),
        Ok(_) if is_too_long => {
            Step::Answered(ApiError::new(413, ErrorType::InvalidRequest, "", "Request body too large.").into())
        }
        Ok(caller) => caught("a request", || job::start(sandbox, &ticket, &caller, asked, forms))
            .unwrap_or_else(|| Step::Answered(job::defect())),
    };
    (ticket, step)
}

/// Writes the request down before anything is done, and gives it its id.
fn begin(sandbox: &Sandbox, asked: &Asked, forms: &Forms) -> Ticket {
    let readable =
        |form: Option<&_>| Nested::from(&secrets::hidden(form.map_or_else(|| Value::Object(Map::new()), tree_json)));
    let mut row = Row {
        id: String::new(),
        at: sandbox.clock.now(),
        method: asked.method.clone(),
        path: secrets::without_numbers(&asked.path),
        query: readable(forms.query.as_ref().ok()),
        form: readable(forms.body.as_ref().ok()),
        idempotency_key: asked.header("idempotency-key").map(str::to_owned),
        stripe_version: asked.header("stripe-version").map(str::to_owned),
        authorization: auth::kind(&asked.headers),
        status: None,
        object_id: None,
        customer: None,
        replayed: false,
        fault: None,
    };
    let mut memory = sandbox.memory();
    let request = memory.request_ids.object("req");
    row.id.clone_from(&request);
    Ticket { number: memory.log.begin(row), request }
}

/// Writes down what the answer truly is, before a fault falsifies or loses it.
fn note(sandbox: &Sandbox, number: usize, answer: &Answer) {
    let text = |key: &str| answer.body.get(key).and_then(Value::as_str).map(str::to_owned);
    let (object_id, customer) = (text("id"), text("customer"));
    let is_lost = matches!(answer.fault, Some(Fault { kind: FaultKind::Hang | FaultKind::Drop, .. }));
    sandbox.memory().log.change(number, |row| {
        row.object_id = object_id;
        row.customer = customer;
        row.status = (!is_lost).then_some(answer.status);
    });
}

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

use crate::admission::{Asked, Forms, admit};
use crate::answer::{Answer, send};
use crate::caught::caught;
use crate::http::auth;
use crate::http::errors::{ApiError, ErrorType};
use crate::http::faults::{Fault, FaultKind};
use crate::http::form::tree_json;
use crate::http::request_log::{Nested, Row};
use crate::http::secrets;
use crate::job::{self, Step, Ticket};
use crate::memory::{Memory, Sandbox};
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
            let answer = work.await.unwrap_or_else(|_| job::defect().into());
            note(&mut sandbox.memory(), ticket.number, &answer);
            answer
        }
    };
    if let Some(fault) = answer.fault.take() {
        match fault.kind {
            FaultKind::Hang => pending().await,
            FaultKind::Drop => wire.break_now(),
            FaultKind::HalfAnswer => wire.break_halfway(),
            _ if answer.status == 200 => {
                fault.falsify(&mut answer.body);
                answer.text = None;
            }
            _ => {}
        }
    }
    send(&answer, &ticket.request, key.as_deref())
}

/// Looks at who asks and for what, writes the request down, and does what waits for nothing.
fn receive(sandbox: &Sandbox, asked: Asked, is_too_long: bool) -> (Ticket, Step) {
    let restricted = |key: &str| sandbox.memory().books.restricted_keys.get(key).cloned();
    let caller = auth::caller(&asked.headers, &sandbox.secret_key, restricted);
    let forms = if caller.is_ok() { Forms::of(&asked) } else { Forms::unread() };
    let row = row(sandbox, &asked, &forms);
    let admitted = caller.and_then(|caller| {
        if is_too_long {
            return Err(ApiError::new(413, ErrorType::InvalidRequest, "", "Request body too large."));
        }
        caught("a request", || admit(sandbox, &caller, &asked, forms)).unwrap_or_else(|| Err(job::defect()))
    });
    // Once for everything: many requests wait for this lock.
    let mut memory = sandbox.memory();
    let ticket = begin(&mut memory, row);
    let step = admitted.and_then(|admitted| {
        let started = caught("a request", || job::start(sandbox, &mut memory, &ticket, asked, admitted));
        started.unwrap_or_else(|| Err(job::defect()))
    });
    let step = step.unwrap_or_else(|error| Step::Answered(error.into()));
    if let Step::Answered(answer) = &step {
        note(&mut memory, ticket.number, answer);
    }
    (ticket, step)
}

/// What the log says of a request before it has an id.
fn row(sandbox: &Sandbox, asked: &Asked, forms: &Forms) -> Row {
    let readable =
        |form: Option<&_>| Nested::from(&secrets::hidden(form.map_or_else(|| Value::Object(Map::new()), tree_json)));
    Row {
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
    }
}

/// Writes the request down before anything is done, and gives it its id.
fn begin(memory: &mut Memory, row: Row) -> Ticket {
    let request = memory.request_ids.object("req");
    let row = Row { id: request.clone(), ..row };
    Ticket { number: memory.log.begin(row), request }
}

/// Writes down what the answer truly is, before a fault falsifies or loses it.
fn note(memory: &mut Memory, number: usize, answer: &Answer) {
    let text = |key: &str| answer.body.get(key).and_then(Value::as_str).map(str::to_owned);
    let is_lost = matches!(answer.fault, Some(Fault { kind: FaultKind::Hang | FaultKind::Drop, .. }));
    memory.log.change(number, |row| {
        row.object_id = text("id");
        row.customer = text("customer");
        row.status = (!is_lost).then_some(answer.status);
    });
}

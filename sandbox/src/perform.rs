//! The work itself: handler, `expand[]`, and the check of the sandbox's own answer.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::books::Books;
use crate::caught::caught;
use crate::contract::{Contract, Operation, check_response};
use crate::events::Cause;
use crate::fields::Fields;
use crate::http::errors::{ApiError, ErrorType, NOT_MODELLED};
use crate::job::defect;
use crate::memory::{Memory, Sandbox, Violation};
use crate::objects::operation::{Call, Modelled};
use crate::objects::{expand, test_clock};
use crate::transaction::{Stop, transact};

/// One admitted request.
pub struct Task<'a> {
    pub operation: &'a Operation,
    pub modelled: &'a Modelled,
    pub path_ids: &'a [String],
    pub path: &'a str,
    pub params: &'a Map<String, Value>,
    /// The `Request-Id`.
    pub request: &'a str,
    pub idempotency_key: Option<&'a str>,
    /// Break the answer on purpose, before it is checked.
    pub is_broken: bool,
}

/// What came of it.
pub struct Done {
    pub status: u16,
    pub body: Value,
    /// The body as it is sent, where it is known already.
    pub text: Option<Arc<str>>,
    /// Whether an idempotency key keeps this answer.
    pub is_kept: bool,
}

impl Done {
    fn new(status: u16, body: Value, is_kept: bool) -> Self {
        Self { status, body, text: None, is_kept }
    }
}

/// Does the work, as one transaction. Work that panics changes nothing: it was done on a copy.
pub fn perform(sandbox: &Sandbox, memory: &mut Memory, task: &Task<'_>) -> Done {
    caught("a request's work", || attempt(sandbox, memory, task)).unwrap_or_else(|| {
        let defect = defect();
        Done::new(defect.status, defect.body(), false)
    })
}

fn attempt(sandbox: &Sandbox, memory: &mut Memory, task: &Task<'_>) -> Done {
    let cause = Cause { id: task.request.to_owned(), idempotency_key: task.idempotency_key.map(str::to_owned) };
    match transact(sandbox, memory, Some(cause), |books| handled(sandbox, books, task)) {
        Ok((body, text)) => {
            // Everything else that time brings is seen to before the next request, and every second.
            if task.operation.template.contains("/test_clocks") {
                sandbox.clock_moved.notify_one();
            }
            Done { status: 200, body, text, is_kept: true }
        }
        Err(Stop::Refused(error)) => {
            let is_kept = error.code.as_deref() != Some(NOT_MODELLED);
            let body = error.body();
            let contract = Contract::bundled();
            let shape = contract.shapes().named("error");
            match shape.and_then(|shape| check_response::violation(contract, shape, &body)) {
                None => Done::new(error.status, body, is_kept),
                Some(problem) => stopped(memory, task, problem),
            }
        }
        Err(Stop::Broken(problem)) => stopped(memory, task, problem),
    }
}

fn handled(sandbox: &Sandbox, books: &mut Books, task: &Task<'_>) -> Result<(Value, Option<Arc<str>>), Stop> {
    let clock = clock_of(books, task.path_ids, task.params);
    if let Some(clock) = clock.as_deref().filter(|_| task.operation.method != "GET") {
        test_clock::check_ready(books, clock)?;
    }
    let call = Call {
        path_ids: task.path_ids,
        path: task.path,
        params: task.params,
        now: books.now_on(clock.as_deref()),
        public_url: &sandbox.public_url,
    };
    let mut body = (task.modelled.handler)(books, &call)?;
    expand::expand(books, task.operation.answer, &mut body, task.params.get("expand"))?;
    if task.is_broken {
        body["sandbox_planted"] = json!(true);
    }
    let shapes = Contract::bundled().shapes();
    // An object that an event said just now was checked for that, and written.
    if let Some((object, text)) = books.moment.said.take()
        && *object == body
        && shapes.is_named(task.operation.answer, object.text("object"))
    {
        return Ok((body, Some(text)));
    }
    match check_response::violation(Contract::bundled(), task.operation.answer, &body) {
        None => Ok((body, None)),
        Some(problem) => Err(Stop::Broken(problem)),
    }
}

/// The test clock that a request is about, by the objects it names.
pub fn clock_of(books: &Books, path_ids: &[String], params: &Map<String, Value>) -> Option<String> {
    const NAMING: [&str; 7] =
        ["test_clock", "customer", "subscription", "invoice", "payment_intent", "from_subscription", "schedule"];
    let named = NAMING.iter().filter_map(|key| params.get(*key).and_then(Value::as_str));
    let mut ids = path_ids.iter().map(String::as_str).chain(named);
    ids.find_map(|id| {
        let id = books.item_places.get(id).map_or(id, String::as_str);
        let object = books.any(id)?;
        let is_clock = object["object"] == "test_helpers.test_clock";
        if is_clock { Some(id.to_owned()) } else { books.clock_of(object).map(str::to_owned) }
    })
}

/// An answer that breaks the contract is never sent.
fn stopped(memory: &mut Memory, task: &Task<'_>, problem: String) -> Done {
    let endpoint = format!("{} {}", task.operation.method, task.operation.template);
    tracing::error!(endpoint, problem, request = task.request, "OWN ANSWER BREAKS THE CONTRACT");
    let message = format!("The sandbox's own answer to {endpoint} breaks the contract at {problem}.");
    let at = memory.books.moment.time;
    memory.violations.push(Violation { at, request: task.request.to_owned(), endpoint, problem });
    let error = ApiError::new(500, ErrorType::Api, "sandbox_contract_violation", message);
    Done::new(500, error.body(), false)
}

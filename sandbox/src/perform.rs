//! The work itself: handler, `expand[]`, and the check of the sandbox's own answer.

use serde_json::{Map, Value, json};

use crate::contract::{Contract, Operation, check_response};
use crate::http::errors::{ApiError, ErrorType, NOT_MODELLED};
use crate::memory::{Memory, Sandbox, Violation};
use crate::objects::expand;
use crate::objects::operation::{Call, Modelled};

/// One admitted request.
pub struct Task<'a> {
    pub operation: &'a Operation,
    pub modelled: &'a Modelled,
    pub path_ids: &'a [String],
    pub path: &'a str,
    pub params: &'a Map<String, Value>,
    /// The `Request-Id`.
    pub request: &'a str,
    /// Break the answer on purpose, before it is checked.
    pub is_broken: bool,
}

/// Does the work. Returns status, body, and whether an idempotency key keeps this answer.
pub fn perform(sandbox: &Sandbox, memory: &mut Memory, task: &Task<'_>) -> (u16, Value, bool) {
    let call = Call {
        path_ids: task.path_ids,
        path: task.path,
        params: task.params,
        now: sandbox.clock.now(),
        public_url: &sandbox.public_url,
    };
    match handled(memory, task, &call) {
        Ok(mut body) => {
            if task.is_broken {
                body["sandbox_planted"] = json!(true);
            }
            match check_response::violation(Contract::bundled(), &task.operation.answer, &body) {
                None => (200, body, true),
                Some(problem) => stopped(memory, task, call.now, problem),
            }
        }
        Err(error) => {
            let is_kept = error.code.as_deref() != Some(NOT_MODELLED);
            let body = error.body();
            let schema = json!({"$ref": "#/components/schemas/error"});
            match check_response::violation(Contract::bundled(), &schema, &body) {
                None => (error.status, body, is_kept),
                Some(problem) => stopped(memory, task, call.now, problem),
            }
        }
    }
}

fn handled(memory: &mut Memory, task: &Task<'_>, call: &Call<'_>) -> Result<Value, ApiError> {
    let paths = task.params.get("expand");
    if paths.is_none() {
        return (task.modelled.handler)(&mut memory.books, call);
    }
    // A path that can't be expanded is found only in the answer, when the change is made:
    // it is made on a copy.
    let mut books = memory.books.clone();
    let mut body = (task.modelled.handler)(&mut books, call)?;
    expand::expand(&books, &mut body, paths)?;
    memory.books = books;
    Ok(body)
}

/// An answer that breaks the contract is never sent.
fn stopped(memory: &mut Memory, task: &Task<'_>, now: i64, problem: String) -> (u16, Value, bool) {
    let endpoint = format!("{} {}", task.operation.method, task.operation.template);
    tracing::error!(endpoint, problem, request = task.request, "OWN ANSWER BREAKS THE CONTRACT");
    let message = format!("The sandbox's own answer to {endpoint} breaks the contract at {problem}.");
    memory.violations.push(Violation { at: now, request: task.request.to_owned(), endpoint, problem });
    let error = ApiError::new(500, ErrorType::Api, "sandbox_contract_violation", message);
    (500, error.body(), false)
}

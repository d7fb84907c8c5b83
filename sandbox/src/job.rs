//! What is done for one request that is known to be in order: now, or once a fault or the disk is waited for.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::admission::{Admitted, Asked};
use crate::answer::{Answer, faulted};
use crate::http::errors::{ApiError, ErrorType};
use crate::http::faults::{Fault, FaultKind};
use crate::http::idempotency::{Claim, KeptAnswer};
use crate::http::secrets;
use crate::memory::{Memory, Sandbox};
use crate::perform::{Done, Task, perform};
use crate::saving::save;

/// A request's place in the log, and its id.
#[derive(Debug, Clone)]
pub struct Ticket {
    pub number: usize,
    pub request: String,
}

/// How far a request has come.
pub enum Step {
    Answered(Answer),
    Waiting(Waiting),
}

/// What is waited for.
pub enum Waiting {
    /// A fault's delay; the idempotency key is in flight meanwhile.
    Delay(Box<Job>, Duration),
    /// That change of this number is saved.
    Save(Answer, u64),
}

/// Work that is to be done.
pub struct Job {
    asked: Asked,
    admitted: Admitted,
    request: String,
    key: Option<String>,
    fault: Option<Fault>,
}

/// Does a request's work, unless it has to wait.
///
/// # Errors
/// 429 above the rate limit, a fault's status, 400 and 409 for the idempotency key.
pub fn start(
    sandbox: &Sandbox,
    memory: &mut Memory,
    ticket: &Ticket,
    asked: Asked,
    admitted: Admitted,
) -> Result<Step, ApiError> {
    let key = asked.header("idempotency-key").filter(|_| asked.method == "POST").map(str::to_owned);
    let now = sandbox.clock.now();
    memory.rate_limit.count(now)?;
    let fault = memory.faults.strike(&asked.method, &asked.path, &admitted.operation.template);
    if let Some(fault) = &fault {
        // In the log a delay shows that the key is in flight.
        memory.log.change(ticket.number, |row| row.fault = Some(fault.name()));
    }
    if let Some(Fault { kind: FaultKind::Status, value, .. }) = fault {
        return Err(faulted(u16::try_from(value.unwrap_or(500)).unwrap_or(500)));
    }
    if let Some(key) = &key
        && let Claim::Replay(kept) = claim(sandbox, memory, key, &asked, &admitted, now)?
    {
        memory.log.change(ticket.number, |row| row.replayed = true);
        let repeats = Some(kept.request);
        return Ok(Step::Answered(Answer { status: kept.status, body: kept.body, text: None, repeats, fault }));
    }
    let job = Job { asked, admitted, request: ticket.request.clone(), key, fault };
    if let Some(Fault { kind: FaultKind::DelayMs, value, .. }) = job.fault {
        return Ok(Step::Waiting(Waiting::Delay(Box::new(job), Duration::from_millis(value.unwrap_or(0)))));
    }
    Ok(job.work(sandbox, memory))
}

fn claim(
    sandbox: &Sandbox,
    memory: &mut Memory,
    key: &str,
    asked: &Asked,
    admitted: &Admitted,
    now: i64,
) -> Result<Claim, ApiError> {
    let sent = Value::Object(admitted.params.clone());
    let hidden = secrets::hidden(sent.clone());
    let proof = sandbox.proofs.of(&sent, &hidden);
    memory.keys.claim(key, &asked.path, (&hidden, proof), now)
}

impl Job {
    fn work(self, sandbox: &Sandbox, memory: &mut Memory) -> Step {
        let task = Task {
            operation: self.admitted.operation,
            modelled: self.admitted.modelled,
            path_ids: &self.admitted.path_ids,
            path: &self.asked.path,
            params: &self.admitted.params,
            request: &self.request,
            idempotency_key: self.key.as_deref(),
            is_broken: self.fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::ContractViolation),
        };
        let Done { status, body, text, is_kept } = perform(sandbox, memory, &task);
        match &self.key {
            Some(key) if is_kept => {
                memory.keys.keep(key, KeptAnswer { status, body: body.clone(), request: self.request });
            }
            Some(key) => memory.keys.release(key),
            None => {}
        }
        let answer = Answer { status, body, text, repeats: None, fault: self.fault };
        if self.asked.method == "GET" {
            return Step::Answered(answer);
        }
        let number = memory.changed();
        match &sandbox.state_file {
            Some(_) => Step::Waiting(Waiting::Save(answer, number)),
            None => Step::Answered(answer),
        }
    }
}

/// Does what is left of a request that had to wait.
pub async fn finish(sandbox: Arc<Sandbox>, waiting: Waiting) -> Answer {
    let (answer, number) = match waiting {
        Waiting::Save(answer, number) => (answer, number),
        Waiting::Delay(job, delay) => {
            tokio::time::sleep(delay).await;
            let step = job.work(&sandbox, &mut sandbox.memory());
            match step {
                Step::Waiting(Waiting::Save(answer, number)) => (answer, number),
                Step::Answered(answer) => return answer,
                Step::Waiting(Waiting::Delay(..)) => return defect().into(),
            }
        }
    };
    match save(&sandbox, number).await {
        Ok(()) => answer,
        Err(error) => error.into(),
    }
}

/// The answer where the sandbox itself failed.
pub fn defect() -> ApiError {
    ApiError::new(500, ErrorType::Api, "sandbox_panic", "The sandbox has a defect: see its log.")
}

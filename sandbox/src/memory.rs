//! The whole state of one sandbox, and the lock around it.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use serde::Serialize;
use tokio::sync::Notify;

use crate::books::Books;
use crate::clock::Clock;
use crate::http::faults::Faults;
use crate::http::idempotency::IdempotencyKeys;
use crate::http::proofs::Proofs;
use crate::http::rate_limit::RateLimit;
use crate::http::request_log::RequestLog;
use crate::ids::Ids;
use crate::state::StateFile;
use crate::webhooks::fan_out::Webhooks;

/// An answer of the sandbox's own that broke the contract.
#[derive(Debug, Clone, Serialize)]
pub struct Violation {
    /// Seconds since the Unix epoch.
    pub at: i64,
    /// The `Request-Id`.
    pub request: String,
    /// Like `POST /v1/customers`.
    pub endpoint: String,
    /// Where and what, like `$.url: missing`.
    pub problem: String,
}

/// Everything that changes.
#[derive(Debug)]
pub struct Memory {
    pub books: Books,
    pub keys: IdempotencyKeys,
    pub webhooks: Webhooks,
    pub log: RequestLog,
    pub faults: Faults,
    pub rate_limit: RateLimit,
    pub violations: Vec<Violation>,
    /// Apart from the objects' ids, so that reading does not change what is made next.
    pub request_ids: Ids,
    /// Counts changes, so that an older state never overwrites a newer one in the file.
    pub changes: u64,
    /// Time has changed something since the state was saved.
    pub is_unsaved: bool,
}

impl Memory {
    /// The beginning.
    pub fn fresh(seed: Option<u64>, now: i64) -> Self {
        Self {
            books: Books::open(Ids::new(seed), Ids::new(seed.map(|seed| seed.wrapping_add(2))), now),
            keys: IdempotencyKeys::default(),
            webhooks: Webhooks::default(),
            log: RequestLog::default(),
            faults: Faults::default(),
            rate_limit: RateLimit::default(),
            violations: Vec::new(),
            request_ids: Ids::new(seed.map(|seed| seed.wrapping_add(1))),
            changes: 0,
            is_unsaved: false,
        }
    }

    /// Counts a change that is to be saved; its number.
    pub fn changed(&mut self) -> u64 {
        self.changes += 1;
        self.changes
    }

    /// Writes down which events broke the contract in work that no request asked for.
    pub fn note_broken(&mut self) {
        let at = self.books.moment.time;
        for broken in std::mem::take(&mut self.books.moment.broken) {
            tracing::error!(kind = broken.kind, problem = broken.problem, "OWN EVENT BREAKS THE CONTRACT");
            let endpoint = format!("event {}", broken.kind);
            self.violations.push(Violation { at, request: String::new(), endpoint, problem: broken.problem });
        }
    }
}

/// What every handler shares.
pub struct Sandbox {
    memory: Mutex<Memory>,
    pub clock: Arc<dyn Clock>,
    pub secret_key: String,
    /// Origin of the hosted pages, without a slash at its end.
    pub public_url: String,
    pub seed: Option<u64>,
    pub state_file: Option<StateFile>,
    /// Whose turn it is to write the state.
    pub writing: tokio::sync::Mutex<()>,
    /// Tells sent secrets apart without keeping them.
    pub proofs: Proofs,
    /// Wakes the background when a test clock is to be advanced.
    pub clock_moved: Notify,
    /// Wakes the task that delivers webhooks.
    pub courier: Notify,
}

impl Sandbox {
    /// Puts the parts together.
    pub fn new(
        memory: Memory,
        clock: Arc<dyn Clock>,
        secret_key: String,
        public_url: String,
        seed: Option<u64>,
        state_file: Option<StateFile>,
    ) -> Self {
        Self {
            memory: Mutex::new(memory),
            clock,
            secret_key,
            public_url,
            seed,
            state_file,
            writing: tokio::sync::Mutex::default(),
            proofs: Proofs::with_own_key(),
            clock_moved: Notify::new(),
            courier: Notify::new(),
        }
    }

    /// Gives the events of a change their deliveries; the last step of every change.
    pub fn fan_out(&self, memory: &mut Memory) {
        let now = memory.books.moment.time;
        if memory.webhooks.fan_out(&mut memory.books, now) {
            self.courier.notify_one();
        }
    }

    /// The memory, for one step; never held across an await. A panic in another step leaves it
    /// as it was then: better to go on and be seen than to fail every later test. A step takes some
    /// twenty microseconds, so whoever comes meanwhile looks again before they go to sleep, which the
    /// standard library's lock does less.
    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock()
    }
}

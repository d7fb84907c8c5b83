//! One event on its way to one target, and every attempt to bring it there.

use serde::{Deserialize, Serialize};

use super::backoff::Schedule;
use super::mishap::Mishap;

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// To be sent at `due`; also while it is being sent.
    Waiting,
    /// Kept back by `reorder` until others have come.
    Held,
    /// Answered with a 2xx.
    Delivered,
    /// No attempt is left, or nobody listens any more.
    Failed,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Seconds of the sandbox's clock.
    pub at: i64,
    /// `None` when nothing was answered.
    pub status: Option<u16>,
    /// From the first byte sent to the end of the answer.
    pub latency_ms: u64,
    /// Why nothing was answered.
    pub error: Option<String>,
    /// The header as it was sent.
    pub signature: Option<String>,
}

impl Attempt {
    /// Whether the receiver took it.
    pub fn is_success(&self) -> bool {
        matches!(self.status, Some(200..=299))
    }
}

/// One event on its way to one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Counts up from 1.
    pub id: u64,
    pub event: String,
    #[serde(rename = "type")]
    pub event_type: String,
    /// `default`, or a webhook endpoint's id.
    pub target: String,
    pub state: State,
    /// When it is to be sent next, in seconds of the sandbox's clock.
    pub due: i64,
    /// Its turn among those due together.
    pub turn: u64,
    /// Whether the event's `pending_webhooks` waits for it; copies and repetitions don't count.
    pub counts: bool,
    pub mishap: Option<Mishap>,
    pub attempts: Vec<Attempt>,
}

impl Delivery {
    /// Whether nothing will happen to it any more.
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Delivered | State::Failed)
    }

    /// Writes an attempt down and decides what follows.
    pub fn note(&mut self, attempt: Attempt, schedule: &Schedule) {
        let (is_success, at) = (attempt.is_success(), attempt.at);
        self.attempts.push(attempt);
        match schedule.next(self.attempts.len(), at) {
            _ if is_success => self.state = State::Delivered,
            Some(due) => self.due = due,
            None => self.state = State::Failed,
        }
    }
}

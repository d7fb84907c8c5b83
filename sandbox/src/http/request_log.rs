//! What the API was asked: the oracle of Portico's tests.

use std::collections::VecDeque;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::auth::AuthorizationKind;

/// How many rows are kept; older ones are dropped.
pub const KEPT: usize = 100_000;

/// One request. Never holds a key.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The `Request-Id` of the answer.
    pub id: String,
    /// Seconds since the Unix epoch.
    pub at: i64,
    pub method: String,
    pub path: String,
    /// The query as nested JSON, every leaf a string.
    pub query: Nested,
    /// The form body as nested JSON, every leaf a string; `{}` when it could not be read.
    pub form: Nested,
    pub idempotency_key: Option<String>,
    pub stripe_version: Option<String>,
    pub authorization: AuthorizationKind,
    /// `None` while the request is worked on, and for good when a fault keeps the answer back.
    pub status: Option<u16>,
    /// The `id` of the object in the answer, before any fault falsified it.
    pub object_id: Option<String>,
    /// The `customer` of the object in the answer, before any fault falsified it.
    pub customer: Option<String>,
    /// The answer was the kept one of an earlier request with the same idempotency key.
    pub replayed: bool,
    /// The kind of the fault that struck this request.
    pub fault: Option<String>,
}

/// Nested JSON, kept as its text: a tree takes ten times the room, and most rows are never looked at.
#[derive(Debug, Clone)]
pub struct Nested(Box<str>);

impl From<&Value> for Nested {
    fn from(value: &Value) -> Self {
        Self(value.to_string().into())
    }
}

impl Serialize for Nested {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<Value>(&self.0).unwrap_or_default().serialize(serializer)
    }
}

/// The rows, newest last.
#[derive(Debug)]
pub struct RequestLog {
    rows: VecDeque<Row>,
    dropped: usize,
}

impl Default for RequestLog {
    fn default() -> Self {
        // Room for all: growing would touch twice the memory, and what is not touched costs nothing.
        Self { rows: VecDeque::with_capacity(KEPT), dropped: 0 }
    }
}

impl RequestLog {
    /// Adds a row and returns its number, by which [`Self::change`] finds it again.
    pub fn begin(&mut self, row: Row) -> usize {
        if self.rows.len() == KEPT {
            self.rows.pop_front();
            self.dropped += 1;
        }
        self.rows.push_back(row);
        self.dropped + self.rows.len() - 1
    }

    /// Changes a row, if it is still kept.
    pub fn change(&mut self, number: usize, change: impl FnOnce(&mut Row)) {
        if let Some(row) = number.checked_sub(self.dropped).and_then(|place| self.rows.get_mut(place)) {
            change(row);
        }
    }

    /// The last `count` rows, oldest of them first.
    pub fn last(&self, count: usize) -> impl Iterator<Item = &Row> {
        self.rows.iter().skip(self.rows.len().saturating_sub(count))
    }

    /// Forgets all rows; numbers given before stay invalid.
    pub fn clear(&mut self) {
        self.dropped += self.rows.len();
        self.rows.clear();
    }
}

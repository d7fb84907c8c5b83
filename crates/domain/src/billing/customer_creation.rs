//! Making an organisation's customer exactly once (P-05, check B04).
//!
//! One row per organisation is the intent. Whoever leases it may call the
//! provider; everybody else waits for the outcome. The idempotency key is derived
//! from the intent, so that a call repeated after a crash or a lost answer
//! returns the customer that the first one made.
//!
//! Accepted race: a leaseholder that stalls longer than its lease is overtaken,
//! and two calls go out; they carry the same key, so one customer comes of them.

use crate::{Millis, OrgId, Timestamp};

/// How long one attempt may hold the lease: longer than the longest it may take
/// (two calls of five seconds).
pub const LEASE: Millis = Millis::seconds(15);

/// Stripe keeps a key's first answer at least 24 hours and replays it, an error
/// 500 too (<https://docs.stripe.com/api/idempotent_requests>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub org: OrgId,
    /// Counts up when a key is used up, see [`Attempt::next_key`].
    pub key_number: u32,
    /// When the first call of this intent went out: no customer of it is older.
    pub first_at: Timestamp,
    /// A call went out and nobody knows what became of it.
    pub outcome_unknown: bool,
}

/// What must happen before the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Call with the current key.
    Create,
    /// The last call's outcome is unknown and its key may replay an error for a
    /// day: look first whether it made the customer after all, and only if it
    /// did not, take the next key.
    LookThenCreate,
}

impl Attempt {
    pub fn step(&self) -> Step {
        if self.outcome_unknown { Step::LookThenCreate } else { Step::Create }
    }

    pub fn idempotency_key(&self) -> String {
        format!("portico-customer-{}-{}", self.org, self.key_number)
    }

    /// After looking and finding nothing.
    #[must_use]
    pub fn next_key(self) -> Self {
        Self { key_number: self.key_number + 1, outcome_unknown: false, ..self }
    }
}

//! Making an organisation's customer exactly once (P-05, check B04).
//!
//! One row per organisation is the intent. Whoever leases it may call the
//! provider; everybody else waits for the outcome. The idempotency key is derived
//! from the intent, so that a call repeated after a crash or a lost answer
//! returns the customer that the first one made, or is told that the first one is
//! still under way.
//!
//! A call that is repeated is repeated to the byte: Stripe refuses a key that comes
//! with other parameters. So name and e-mail are part of the intent.
//!
//! Accepted race: a leaseholder that stalls longer than its lease is overtaken,
//! and two calls go out; they carry the same key and the same bytes, so one
//! customer comes of them.

use crate::{Millis, OrgId, Timestamp};

/// How long one attempt may hold the lease: longer than the longest it may take
/// (two calls of four seconds).
pub const LEASE: Millis = Millis::seconds(15);

/// Stripe forgets a key after 24 hours at the earliest
/// (<https://docs.stripe.com/api/idempotent_requests>).
pub const KEY_IS_KNOWN: Millis = Millis::hours(23);

/// What is known of the last call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastCall {
    /// There was none with this key, or it certainly did nothing.
    None,
    /// It went out, and no answer came: it may have worked, or still be under way.
    Unanswered,
    /// It was answered with an error of the provider's own (5xx). The key replays that
    /// answer for a day, and whether the customer was made is not known.
    Failed,
}

impl LastCall {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Unanswered => "unanswered",
            Self::Failed => "failed",
        }
    }

    /// A word that is not known counts as the most careful one.
    pub fn parse(word: &str) -> Self {
        match word {
            "none" => Self::None,
            "failed" => Self::Failed,
            _ => Self::Unanswered,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub org: OrgId,
    /// Counts up when a key is used up, see [`Attempt::next_key`].
    pub key_number: u32,
    /// When this intent began: no customer of it is older.
    pub first_at: Timestamp,
    /// When the first call with this key went out.
    pub key_first_at: Timestamp,
    /// What the customer is made with.
    pub name: String,
    pub email: String,
    pub last_call: LastCall,
}

/// What must happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Call with the current key, for the first time or again.
    Call,
    /// The key says nothing more: look whether the customer was made after all, and
    /// only if it was not, take the next key.
    Look,
}

impl Attempt {
    pub fn step(&self, now: Timestamp) -> Step {
        match self.last_call {
            LastCall::None => Step::Call,
            LastCall::Unanswered if now < self.key_first_at + KEY_IS_KNOWN => Step::Call,
            LastCall::Unanswered | LastCall::Failed => Step::Look,
        }
    }

    pub fn idempotency_key(&self) -> String {
        format!("portico-customer-{}-{}", self.org, self.key_number)
    }

    /// The attempt as it goes into a call at `now`.
    #[must_use]
    pub fn calling(self, now: Timestamp) -> Self {
        let key_first_at = if self.last_call == LastCall::None { now } else { self.key_first_at };
        Self { key_first_at, last_call: LastCall::Unanswered, ..self }
    }

    /// After a call that the provider refused (4xx). Only if no earlier call of this key is
    /// in doubt does it mean that there is no customer.
    #[must_use]
    pub fn refused(self, before: LastCall) -> Self {
        match before {
            LastCall::None => self.next_key(),
            LastCall::Unanswered | LastCall::Failed => Self { last_call: LastCall::Failed, ..self },
        }
    }

    /// After looking and finding nothing.
    #[must_use]
    pub fn next_key(self) -> Self {
        Self { key_number: self.key_number + 1, last_call: LastCall::None, ..self }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn p05_a_refusal_settles_nothing_while_an_earlier_call_is_in_doubt() {
        let began = Timestamp::from_millis(0);
        let org = OrgId::from_uuid(Uuid::from_u128(1));
        let fresh = Attempt {
            org,
            key_number: 1,
            first_at: began,
            key_first_at: began,
            name: String::new(),
            email: String::new(),
            last_call: LastCall::None,
        };
        let refused_at_once = fresh.clone().calling(began).refused(LastCall::None);
        assert_eq!((refused_at_once.key_number, refused_at_once.last_call), (2, LastCall::None));
        let doubtful = fresh.calling(began);
        let again = doubtful.clone().calling(began + Millis::hours(1));
        assert_eq!(again.key_first_at, began, "the key is as old as its first call");
        let refused_later = again.refused(doubtful.last_call);
        assert_eq!((refused_later.key_number, refused_later.step(began)), (1, Step::Look));
    }

    #[test]
    fn p05_a_key_is_given_up_only_when_it_can_tell_nothing_more() {
        let began = Timestamp::from_millis(0);
        let soon = began + Millis::minutes(1);
        let late = began + Millis::hours(23);
        for (last_call, now, step) in [
            (LastCall::None, soon, Step::Call),
            (LastCall::None, late, Step::Call),
            (LastCall::Unanswered, soon, Step::Call),
            (LastCall::Unanswered, late, Step::Look),
            (LastCall::Failed, soon, Step::Look),
            (LastCall::Failed, late, Step::Look),
        ] {
            let org = OrgId::from_uuid(Uuid::from_u128(1));
            let (name, email) = (String::new(), String::new());
            let attempt = Attempt { org, key_number: 1, first_at: began, key_first_at: began, name, email, last_call };
            assert_eq!(attempt.step(now), step, "{last_call:?} {now:?}");
            assert_eq!(LastCall::parse(last_call.as_str()), last_call);
            assert_ne!(attempt.clone().next_key().idempotency_key(), attempt.idempotency_key());
        }
    }
}

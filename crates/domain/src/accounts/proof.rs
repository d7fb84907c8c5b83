//! How somebody proved who they are, and how long ago (A-10, check L06).
//!
//! What must hold: whether that is enough is worked out each time from the methods that
//! were used and what the account asks for now; a verdict is never stored (Ory Kratos
//! GHSA-wc43-73w7-x2f5: a stored one was stale and the second factor was skipped).

use serde::{Deserialize, Serialize};

use crate::{Millis, Timestamp};

/// One way to prove who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Password,
    Google,
    Github,
    Microsoft,
    /// Six digits of an authenticator app (RFC 6238).
    Totp,
    RecoveryCode,
    /// A passkey with user verification: possession and knowledge or body in one (`WebAuthn` level 3, 1.2).
    Passkey,
}

impl Method {
    /// Whether it counts as a second factor after another one.
    pub const fn is_second_factor(self) -> bool {
        matches!(self, Self::Totp | Self::RecoveryCode | Self::Passkey)
    }
}

/// What a session remembers of its signing in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The last time something was proved.
    pub at: Timestamp,
    pub methods: Vec<Method>,
}

impl Proof {
    /// How long a proof opens what needs a recent one (check L06).
    pub const RECENT: Millis = Millis::minutes(15);

    pub fn new(method: Method, at: Timestamp) -> Self {
        Self { at, methods: vec![method] }
    }

    /// Of a session that remembers nothing: too old for whatever asks.
    pub const fn forgotten() -> Self {
        Self { at: Timestamp::from_millis(0), methods: Vec::new() }
    }

    #[must_use]
    pub fn and(mut self, method: Method, at: Timestamp) -> Self {
        if !self.methods.contains(&method) {
            self.methods.push(method);
        }
        Self { at, ..self }
    }

    /// For a session whose person has no second factor any more.
    #[must_use]
    pub fn without_second_factor(mut self) -> Self {
        self.methods.retain(|method| !method.is_second_factor());
        self
    }

    pub fn is_recent(&self, now: Timestamp) -> bool {
        // Also not from the future: a clock that was set back must not open anything for longer.
        self.at <= now + Millis::minutes(1) && now < self.at + Self::RECENT
    }

    pub fn has_second_factor(&self) -> bool {
        self.methods.iter().any(|method| method.is_second_factor())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l06_a_proof_is_recent_for_a_quarter_of_an_hour() {
        let at = Timestamp::from_millis(10_000_000);
        let proof = Proof::new(Method::Password, at);
        assert!(proof.is_recent(at) && proof.is_recent(at + Millis(Proof::RECENT.0 - 1)));
        assert!(!proof.is_recent(at + Proof::RECENT));
        assert!(!proof.is_recent(at - Millis::minutes(2)), "from the future");
        assert!(!Proof::forgotten().is_recent(at));
    }

    #[test]
    fn a_second_factor_is_another_method() {
        let at = Timestamp::from_millis(0);
        assert!(!Proof::new(Method::Password, at).has_second_factor());
        assert!(!Proof::new(Method::Google, at).and(Method::Password, at).has_second_factor());
        assert!(Proof::new(Method::Password, at).and(Method::Totp, at).has_second_factor());
        assert!(Proof::new(Method::Passkey, at).has_second_factor());
        let without = Proof::new(Method::Password, at).and(Method::Totp, at).without_second_factor();
        assert_eq!(without, Proof::new(Method::Password, at));
    }
}

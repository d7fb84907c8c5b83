//! An operator who acts as somebody, to see what they see.

use crate::{Millis, form::Problem, line};

/// How long it lasts at most.
pub const IMPERSONATION_LASTS: Millis = Millis::minutes(30);

/// Why an operator does it; the organisation and the person read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImpersonationReason(String);

impl ImpersonationReason {
    pub const MAX_CHARS: usize = 200;

    /// # Errors
    /// What is wrong with it, for the field's message.
    pub fn parse(typed: &str) -> Result<Self, Problem> {
        line::parse(typed, Self::MAX_CHARS).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

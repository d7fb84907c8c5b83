//! An organisation's display name.

use crate::{form::Problem, line};

/// One line of 1 to 80 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgName(String);

impl OrgName {
    pub const MAX_CHARS: usize = 80;

    /// # Errors
    /// What is wrong with it, for the field's message.
    pub fn parse(typed: &str) -> Result<Self, Problem> {
        line::parse(typed, Self::MAX_CHARS).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

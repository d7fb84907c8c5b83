//! What a person is called.

use crate::name::{MAX_CHARS, NameProblem, printable};

/// 1 to 80 characters, trimmed, without control or direction-changing characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    pub const MAX_CHARS: usize = MAX_CHARS;

    pub fn parse(typed: &str) -> Result<Self, NameProblem> {
        printable(typed).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

//! What a post says.

use crate::{
    form::Problem,
    line::{self, changes_direction},
};

/// One line of 1 to 120 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostTitle(String);

impl PostTitle {
    pub const MAX_CHARS: usize = 120;

    /// # Errors
    /// What is wrong with it, for the field's message.
    pub fn parse(typed: &str) -> Result<Self, Problem> {
        line::parse(typed, Self::MAX_CHARS).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Markdown of 1 to 20 000 characters, its lines ended by `\n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostBody(String);

impl PostBody {
    pub const MAX_CHARS: usize = 20_000;

    /// # Errors
    /// What is wrong with it, for the field's message.
    pub fn parse(typed: &str) -> Result<Self, Problem> {
        // Browsers send CRLF. What is in front of the first line may be the indent of a code block.
        let text = typed.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.trim_start_matches('\n').trim_end();
        if text.trim().is_empty() {
            Err(Problem::Missing)
        } else if text.chars().nth(Self::MAX_CHARS).is_some() {
            Err(Problem::TooLong)
        } else if text.chars().any(|c| (c.is_control() && !matches!(c, '\n' | '\t')) || changes_direction(c)) {
            Err(Problem::Malformed)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies() {
        assert_eq!(PostBody::parse("\r\n    code\r\nmore\r\r\n \n").unwrap().as_str(), "    code\nmore");
        assert!(PostBody::parse(&"é".repeat(20_000)).is_ok());
        for (typed, problem) in [
            ("", Problem::Missing),
            (" \r\n\t ", Problem::Missing),
            (&*"é".repeat(20_001), Problem::TooLong),
            ("a\u{202e}b", Problem::Malformed),
            ("a\0b", Problem::Malformed),
            ("a\u{1b}[31m", Problem::Malformed),
        ] {
            assert_eq!(PostBody::parse(typed), Err(problem), "{typed:.20?}");
        }
    }
}

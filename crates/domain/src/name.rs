//! Names that people give: shown to others, so they are printable and short.

use thiserror::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameProblem {
    #[error("empty")]
    Empty,
    #[error("longer than 80 characters")]
    TooLong,
    #[error("has characters that can't be shown")]
    Unprintable,
}

pub(crate) const MAX_CHARS: usize = 80;

/// 1 to 80 characters, trimmed, without control or direction-changing characters.
pub(crate) fn printable(typed: &str) -> Result<String, NameProblem> {
    let name = typed.trim();
    if name.is_empty() {
        Err(NameProblem::Empty)
    } else if name.chars().nth(MAX_CHARS).is_some() {
        Err(NameProblem::TooLong)
    } else if name.chars().any(is_unprintable) {
        Err(NameProblem::Unprintable)
    } else {
        Ok(name.to_owned())
    }
}

fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

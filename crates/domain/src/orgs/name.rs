//! An organisation's display name.

use thiserror::Error;

/// 1 to 80 characters, trimmed, without control or direction-changing characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgName(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OrgNameProblem {
    #[error("empty")]
    Empty,
    #[error("longer than 80 characters")]
    TooLong,
    #[error("has characters that can't be shown")]
    Unprintable,
}

impl OrgName {
    pub const MAX_CHARS: usize = 80;

    pub fn parse(typed: &str) -> Result<Self, OrgNameProblem> {
        let name = typed.trim();
        if name.is_empty() {
            Err(OrgNameProblem::Empty)
        } else if name.chars().nth(Self::MAX_CHARS).is_some() {
            Err(OrgNameProblem::TooLong)
        } else if name.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        {
            Err(OrgNameProblem::Unprintable)
        } else {
            Ok(Self(name.to_owned()))
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
    fn names() {
        assert_eq!(OrgName::parse("  Acme & Söhne  ").unwrap().as_str(), "Acme & Söhne");
        assert_eq!(OrgName::parse(" "), Err(OrgNameProblem::Empty));
        assert!(OrgName::parse(&"é".repeat(80)).is_ok());
        assert_eq!(OrgName::parse(&"é".repeat(81)), Err(OrgNameProblem::TooLong));
        assert_eq!(OrgName::parse("a\u{202e}b"), Err(OrgNameProblem::Unprintable));
        assert_eq!(OrgName::parse("a\nb"), Err(OrgNameProblem::Unprintable));
    }
}

//! An organisation's display name.

use crate::name::{MAX_CHARS, NameProblem, printable};

/// 1 to 80 characters, trimmed, without control or direction-changing characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgName(String);

impl OrgName {
    pub const MAX_CHARS: usize = MAX_CHARS;

    pub fn parse(typed: &str) -> Result<Self, NameProblem> {
        printable(typed).map(Self)
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
        assert_eq!(OrgName::parse(" "), Err(NameProblem::Empty));
        assert!(OrgName::parse(&"é".repeat(80)).is_ok());
        assert_eq!(OrgName::parse(&"é".repeat(81)), Err(NameProblem::TooLong));
        assert_eq!(OrgName::parse("a\u{202e}b"), Err(NameProblem::Unprintable));
        assert_eq!(OrgName::parse("a\nb"), Err(NameProblem::Unprintable));
    }
}

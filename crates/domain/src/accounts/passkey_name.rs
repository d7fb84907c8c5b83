//! What somebody calls one of their passkeys.

use crate::line;

/// 1 to 40 characters that can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyName(String);

impl PasskeyName {
    pub const MAX_CHARS: usize = 40;

    pub fn parse(typed: &str) -> Option<Self> {
        line::parse(typed, Self::MAX_CHARS).ok().map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where none was given.
impl Default for PasskeyName {
    fn default() -> Self {
        Self("Passkey".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_can_be_shown() {
        assert_eq!(PasskeyName::parse("  my phone ").map(|name| name.as_str().to_owned()).as_deref(), Some("my phone"));
        assert!(PasskeyName::parse(&"é".repeat(40)).is_some());
        for typed in ["", "  ", "a\nb", "\u{202e}x", &"a".repeat(41)] {
            assert_eq!(PasskeyName::parse(typed), None, "{typed:?}");
        }
    }
}

//! A person's name, as they write it themselves.

use crate::{form::Problem, line};

/// 1 to 80 characters, trimmed, without control or direction-changing characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
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

/// Whether a mail program may turn something in it into a link: a name that says so is not
/// repeated in a mail to somebody who has not confirmed that it is theirs (check T08).
pub fn looks_like_an_address(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let dot_inside_a_word =
        |three: &[char]| three[1] == '.' && three[0].is_alphanumeric() && three[2].is_alphanumeric();
    text.contains(['/', '\\', '@', ':', '<', '>']) || chars.windows(3).any(dot_inside_a_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(PersonName::parse("  Ann O'Brien-Süß  ").unwrap().as_str(), "Ann O'Brien-Süß");
        assert!(PersonName::parse(&"é".repeat(80)).is_ok());
        for (typed, problem) in [
            (" ", Problem::Missing),
            (&*"é".repeat(81), Problem::TooLong),
            ("a\u{202e}b", Problem::Malformed),
            ("a\r\nBcc: x@y.test", Problem::Malformed),
        ] {
            assert_eq!(PersonName::parse(typed), Err(problem), "{typed:?}");
        }
    }

    #[test]
    fn t08_what_could_become_a_link_is_noticed() {
        for text in ["evil.example", "see https://evil.example", "a@b", "www.x.y", "http:evil", "x/y", "Booking.com"] {
            assert!(looks_like_an_address(text), "{text}");
        }
        for text in ["Ann", "Ann O'Brien", "Dr. Who", "Acme Inc.", "Smith & Söhne", "株式会社", "3 Idiots"] {
            assert!(!looks_like_an_address(text), "{text}");
        }
    }
}

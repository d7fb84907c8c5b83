//! One canonical form of an e-mail address (A-18, check R02).

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// An address in its one canonical form: NFKC first, then trimmed and
/// lower-cased, then checked. Two spellings of one mailbox are equal here, and
/// the database holds them unique.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EmailProblem {
    #[error("empty")]
    Empty,
    #[error("longer than 254 characters")]
    TooLong,
    #[error("not of the form name@domain")]
    Malformed,
}

impl Email {
    /// RFC 5321 section 4.5.3.1.3 allows 254 octets for a path.
    pub const MAX_BYTES: usize = 254;

    /// # Errors
    /// Says which part of the form is missing; never echoes the input.
    pub fn parse(typed: &str) -> Result<Self, EmailProblem> {
        // Normalising can make text longer, so the bound stands before and after it.
        if typed.len() > 4 * Self::MAX_BYTES {
            return Err(EmailProblem::TooLong);
        }
        // Normalised BEFORE it is checked: a full-width ＠ must not pass as a letter
        // and become a second separator afterwards (Auth.js GHSA-7rqj-j65f-68wh).
        let normal: String = typed.nfkc().collect::<String>().trim().to_lowercase();
        if normal.is_empty() {
            return Err(EmailProblem::Empty);
        }
        if normal.len() > Self::MAX_BYTES {
            return Err(EmailProblem::TooLong);
        }
        let (local, domain) = normal.split_once('@').ok_or(EmailProblem::Malformed)?;
        if is_local_part(local) && is_domain(domain) { Ok(Self(normal)) } else { Err(EmailProblem::Malformed) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An unquoted local part (RFC 5321 dot-string, with UTF-8 as RFC 6531 allows).
fn is_local_part(local: &str) -> bool {
    let visible = |c: char| !c.is_whitespace() && !c.is_control() && !"\"(),:;<>@[\\]".contains(c) && !is_invisible(c);
    (1..=64).contains(&local.len())
        && local.chars().all(visible)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    domain.contains('.') && domain.split('.').all(label)
}

/// Zero-width and direction marks: two addresses that look the same must be the same.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_mailbox_are_one_address() {
        for typed in ["A@Acme.test", " a@acme.test ", "a＠acme.test", "Ａ@acme.test"] {
            assert_eq!(Email::parse(typed).unwrap().as_str(), "a@acme.test", "{typed:?}");
        }
    }

    #[test]
    fn what_is_not_an_address_is_refused() {
        let long = format!("{}@acme.test", "a".repeat(300));
        for typed in [
            "",
            "   ",
            "a",
            "@acme.test",
            "a@",
            "a@@acme.test",
            "a@b@acme.test",
            "a＠b@acme.test",
            "a@acme",
            "a@acme.test.",
            "a@.test",
            "a b@acme.test",
            "a@acme.test\r\nBcc: x@y.test",
            "a\u{200b}@acme.test",
            "a@-acme.test",
            "..@acme.test",
            "\"a\"@acme.test",
            &long,
        ] {
            assert!(Email::parse(typed).is_err(), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn the_canonical_form_is_a_fixed_point(typed in "\\PC{0,40}@\\PC{0,20}\\.[a-z]{1,5}") {
            if let Ok(email) = Email::parse(&typed) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
                prop_assert_eq!(email.as_str().matches('@').count(), 1);
            }
        }
    }
}

//! One line that somebody wrote for others to read: a name, a title.

use crate::form::Problem;

/// Trimmed, 1 to `most` characters, without control or direction-changing ones.
pub(crate) fn parse(typed: &str, most: usize) -> Result<String, Problem> {
    let line = typed.trim();
    if line.is_empty() {
        Err(Problem::Missing)
    } else if line.chars().nth(most).is_some() {
        Err(Problem::TooLong)
    } else if line.chars().any(|c| c.is_control() || changes_direction(c)) {
        Err(Problem::Malformed)
    } else {
        Ok(line.to_owned())
    }
}

/// What makes text read in another order than it is stored.
pub(crate) const fn changes_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        assert_eq!(parse("  Acme & Söhne  ", 80), Ok("Acme & Söhne".to_owned()));
        assert!(parse(&"é".repeat(80), 80).is_ok());
        for (typed, problem) in [
            ("", Problem::Missing),
            (" \t ", Problem::Missing),
            (&*"é".repeat(81), Problem::TooLong),
            ("a\u{202e}b", Problem::Malformed),
            ("a\u{200f}b", Problem::Malformed),
            ("a\u{2066}b", Problem::Malformed),
            ("a\r\nBcc: x@y.test", Problem::Malformed),
            ("a\0b", Problem::Malformed),
        ] {
            assert_eq!(parse(typed, 80), Err(problem), "{typed:?}");
        }
    }
}

//! What is typed as a second factor: an authenticator's six digits, or a recovery code.

use std::fmt;

/// Six digits (RFC 6238 with the defaults that every app has).
#[derive(Clone, PartialEq, Eq)]
pub struct TotpCode(String);

impl TotpCode {
    /// Apps show it in two groups, so blanks between the digits are taken.
    pub fn parse(typed: &str) -> Option<Self> {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(Self(digits))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// 80 random bits in sixteen letters and digits that can't be mistaken for each other
/// (Crockford's base 32), written in fours.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl RecoveryCode {
    /// How many somebody gets.
    pub const HOW_MANY: usize = 10;
    const LETTERS: usize = 16;

    pub fn from_random(bytes: [u8; 10]) -> Self {
        let bits = bytes.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        let letter = |at: usize| char::from(ALPHABET[(bits >> (5 * (Self::LETTERS - 1 - at)) & 31) as usize]);
        Self((0..Self::LETTERS).map(letter).collect())
    }

    /// However it was written down: capitals, blanks and hyphens don't matter, and o, i and l
    /// are read as the digits that they look like.
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > 8 * Self::LETTERS {
            return None;
        }
        let letters: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| match c.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                c => c,
            })
            .collect();
        let known = |c: char| u8::try_from(c).is_ok_and(|c| ALPHABET.contains(&c));
        (letters.len() == Self::LETTERS && letters.chars().all(known)).then_some(Self(letters))
    }

    /// Without hyphens: what is hashed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups: Vec<&str> = [0, 4, 8, 12].into_iter().filter_map(|at| self.0.get(at..at + 4)).collect();
        f.write_str(&groups.join("-"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_authenticators_code_is_six_digits() {
        for typed in ["123456", " 123 456 ", "123\u{a0}456"] {
            assert!(TotpCode::parse(typed).is_some_and(|code| code.as_str() == "123456"), "{typed:?}");
        }
        for typed in ["", "12345", "1234567", "12345a", "+12345", "-12345", "１２３４５６", "123456\0", "0x1234"]
        {
            assert!(TotpCode::parse(typed).is_none(), "{typed:?}");
        }
    }

    #[test]
    fn a_recovery_code_is_read_however_it_was_written_down() {
        let code = RecoveryCode::from_random([0, 0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xff]);
        let shown = code.to_string();
        assert_eq!((shown.len(), shown.matches('-').count()), (19, 3));
        for typed in [
            shown.clone(),
            shown.to_uppercase(),
            shown.replace('-', " "),
            shown.replace('0', "O"),
            shown.replace('1', "l"),
        ] {
            assert!(RecoveryCode::parse(&typed).is_some_and(|read| read == code), "{typed}");
        }
        for typed in ["", "abcd", "123456", &"a".repeat(15), &"a".repeat(17), &"u".repeat(16), &"-".repeat(1_000)] {
            assert!(RecoveryCode::parse(typed).is_none(), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn every_recovery_code_is_read_back(bytes: [u8; 10]) {
            let code = RecoveryCode::from_random(bytes);
            prop_assert!(RecoveryCode::parse(&code.to_string()).is_some_and(|read| read == code));
        }
    }
}

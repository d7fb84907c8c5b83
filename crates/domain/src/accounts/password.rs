//! What a password that is chosen must be (check L04).
//!
//! Length counts, composition does not: no rule asks for a digit or a sign. Refused is what
//! is tried first: the passwords that others chose most often, and the person's own name,
//! address or organisation with little besides. Every byte is taken as it was typed.
//!
//! `common_passwords.txt` holds the 11 611 of at least eight characters among the 30 000
//! most common ones of zxcvbn's list (Dropbox's zxcvbn and the crate `zxcvbn` 3.1.1, both
//! under the MIT licence), in lower case and in order.

use std::{collections::HashSet, sync::LazyLock};

use super::{PASSWORD_MAX_BYTES, PASSWORD_MIN_CHARS};
use crate::form::Problem;

static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// The name of this product, which people put into its passwords.
const PRODUCT: &str = "portico";
/// A shorter word stands in too many others by chance.
const SHORTEST_WORD: usize = 4;

/// Words that somebody who knows the person would try: parts of their name, their address
/// and their organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalWords(Vec<String>);

impl PersonalWords {
    /// Of whatever is known of the person.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut words: Vec<String> = texts
            .into_iter()
            .flat_map(|text| {
                let lower = text.to_lowercase();
                let parts = lower.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>();
                let joined: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
                parts.into_iter().chain([joined])
            })
            .chain([PRODUCT.to_owned()])
            .filter(|word| word.chars().count() >= SHORTEST_WORD)
            .collect();
        // The longest first: what is taken out must not leave half a word behind.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.dedup();
        Self(words)
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The password without them, in lower case; None when none of them is in it.
    fn taken_out_of(&self, lower: &str) -> Option<String> {
        let mut rest = lower.to_owned();
        for word in self.iter() {
            rest = rest.replace(word, "");
        }
        (rest.len() < lower.len()).then_some(rest)
    }
}

/// Whether it may be chosen, as far as lists and lengths can tell.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn check_choice(password: &str, personal: &PersonalWords) -> Result<(), Problem> {
    if password.is_empty() {
        return Err(Problem::Missing);
    }
    // First, so that a megabyte costs nothing.
    if password.len() > PASSWORD_MAX_BYTES {
        return Err(Problem::TooLong);
    }
    if password.chars().nth(PASSWORD_MIN_CHARS - 1).is_none() {
        return Err(Problem::TooShort);
    }
    let lower = password.to_lowercase();
    if COMMON.contains(lower.as_str()) {
        return Err(Problem::TooCommon);
    }
    match personal.taken_out_of(&lower) {
        // What is left must be a password by itself.
        Some(rest) if rest.chars().nth(PASSWORD_MIN_CHARS - 1).is_none() => Err(Problem::TooPersonal),
        Some(rest) if COMMON.contains(rest.as_str()) => Err(Problem::TooPersonal),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn olivia() -> PersonalWords {
        PersonalWords::of(["Olivia Özdemir-Smith", "o.smith@acme-works.example", "Acme Works & Co"])
    }

    #[test]
    fn l04_the_table() {
        let (max, beyond) = ("xy7 ".repeat(256), "xy7 ".repeat(257));
        for (password, want) in [
            ("", Err(Problem::Missing)),
            ("7 chars", Err(Problem::TooShort)),
            ("éééééééé", Ok(())),
            ("ééééééé", Err(Problem::TooShort)),
            ("plum tea", Ok(())),
            ("password", Err(Problem::TooCommon)),
            ("password1", Err(Problem::TooCommon)),
            ("PassWord1", Err(Problem::TooCommon)),
            ("12345678", Err(Problem::TooCommon)),
            ("acmeworks", Err(Problem::TooPersonal)),
            ("Acme2026!", Err(Problem::TooPersonal)),
            ("olivia-smith", Err(Problem::TooPersonal)),
            ("Özdemir99", Err(Problem::TooPersonal)),
            ("portico!", Err(Problem::TooPersonal)),
            ("acmepassword1", Err(Problem::TooPersonal)),
            ("acme has seven green doors", Ok(())),
            ("no rule asks for digits or signs", Ok(())),
            (&"plum tea ".repeat(8)[..64], Ok(())),
            (&"plum tea ".repeat(15)[..128], Ok(())),
            (&max, Ok(())),
            (&beyond, Err(Problem::TooLong)),
        ] {
            let shown: String = password.chars().take(40).collect();
            assert_eq!(check_choice(password, &olivia()), want, "{shown:?}");
        }
    }

    #[test]
    fn l04_blanks_and_case_are_part_of_it() {
        // Nothing is trimmed: eight blanks are eight characters (and what zxcvbn thinks of them is asked elsewhere).
        assert_eq!(check_choice("        ", &olivia()), Ok(()));
        assert_eq!(check_choice(" plum tea ", &olivia()), Ok(()));
    }

    #[test]
    fn the_list_is_in_order_and_has_nothing_that_length_refuses_already() {
        let list: Vec<&str> = include_str!("common_passwords.txt").lines().collect();
        assert_eq!(list.len(), 11_611);
        assert!(list.is_sorted() && list.iter().all(|word| word.len() >= PASSWORD_MIN_CHARS));
        assert!(list.iter().all(|word| *word == word.to_lowercase()));
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(password in "\\PC{0,40}", name in "\\PC{0,20}", email in "\\PC{0,20}") {
            let _ = check_choice(&password, &PersonalWords::of([name.as_str(), email.as_str()]));
        }
    }
}

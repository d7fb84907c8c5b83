//! The organisation's name in addresses: `/o/{slug}`.

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::OrgName;

/// Words that an organisation's address must not be: they would be taken for ours.
const RESERVED: [&str; 24] = [
    "about",
    "account",
    "accounts",
    "admin",
    "api",
    "app",
    "auth",
    "billing",
    "console",
    "dashboard",
    "help",
    "login",
    "mail",
    "new",
    "portico",
    "root",
    "security",
    "settings",
    "sign-in",
    "sign-up",
    "status",
    "support",
    "system",
    "www",
];
/// Leaves room for a number behind it.
const LONGEST_OF_A_NAME: usize = 32;

/// Why a typed address is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SlugProblem {
    #[error("empty")]
    Empty,
    #[error("longer than 40 characters")]
    TooLong,
    #[error("not of small letters, digits and single inner hyphens")]
    Malformed,
    #[error("would be taken for ours")]
    Reserved,
}

/// 1 to 40 of `a-z`, `0-9` and single inner hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slug(String);

impl Slug {
    pub const MAX: usize = 40;

    /// None for whatever can't be a slug: it then can't be an organisation either,
    /// and the caller answers as for one that does not exist.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=Self::MAX).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--");
        fits.then(|| Self(text.to_owned()))
    }

    /// One that somebody chooses: capitals become small, and `/o/` in front is not part of it.
    ///
    /// # Errors
    /// The [`SlugProblem`].
    pub fn choose(typed: &str) -> Result<Self, SlugProblem> {
        let typed = typed.trim().to_ascii_lowercase();
        let text = typed.strip_prefix("/o/").unwrap_or(&typed);
        if text.is_empty() {
            return Err(SlugProblem::Empty);
        }
        if text.chars().count() > Self::MAX {
            return Err(SlugProblem::TooLong);
        }
        let slug = Self::parse(text).ok_or(SlugProblem::Malformed)?;
        if RESERVED.contains(&text) { Err(SlugProblem::Reserved) } else { Ok(slug) }
    }

    /// What a name becomes: its letters without their marks, in lower case. Never one of ours.
    pub fn of_name(name: &OrgName) -> Self {
        let mut slug = String::new();
        for c in name.as_str().nfkd().flat_map(char::to_lowercase) {
            match c {
                'a'..='z' | '0'..='9' => slug.push(c),
                'ß' => slug.push_str("ss"),
                '\'' | '’' => {}
                // A mark of the letter before it.
                c if unicode_normalization::char::is_combining_mark(c) => {}
                _ if slug.is_empty() || slug.ends_with('-') => {}
                _ => slug.push('-'),
            }
        }
        slug.truncate(LONGEST_OF_A_NAME);
        match slug.trim_end_matches('-') {
            "" => Self("team".to_owned()),
            reserved if RESERVED.contains(&reserved) => Self(format!("{reserved}-team")),
            slug => Self(slug.to_owned()),
        }
    }

    /// The same with something behind it, for when it is taken.
    #[must_use]
    pub fn with(&self, suffix: &str) -> Self {
        let room = Self::MAX.saturating_sub(suffix.len() + 1);
        let kept = self.0.get(..room).unwrap_or(&self.0).trim_end_matches('-');
        Self(format!("{kept}-{suffix}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_become_slugs() {
        for (name, slug) in [
            ("Acme Inc.", "acme-inc"),
            ("  Müller & Söhne GmbH ", "muller-sohne-gmbh"),
            ("Straße 7", "strasse-7"),
            ("O'Brien’s", "obriens"),
            ("ＡＣＭＥ", "acme"),
            ("株式会社", "team"),
            ("!!!", "team"),
            ("Admin", "admin-team"),
            ("sign in", "sign-in-team"),
            ("Portico", "portico-team"),
            ("a---b", "a-b"),
        ] {
            assert_eq!(Slug::of_name(&OrgName::parse(name).unwrap()).as_str(), slug, "{name}");
        }
        assert_eq!(Slug("acme".to_owned()).with("2").as_str(), "acme-2");
    }

    #[test]
    fn chosen_addresses() {
        for (typed, slug) in
            [("acme", "acme"), (" Acme-2 ", "acme-2"), ("/o/acme", "acme"), ("portico-fans", "portico-fans")]
        {
            assert_eq!(Slug::choose(typed).unwrap().as_str(), slug, "{typed}");
        }
        for (typed, problem) in [
            (" ", SlugProblem::Empty),
            ("/o/", SlugProblem::Empty),
            (&"a".repeat(41), SlugProblem::TooLong),
            (&"é".repeat(41), SlugProblem::TooLong),
            ("a b", SlugProblem::Malformed),
            ("a--b", SlugProblem::Malformed),
            ("-a", SlugProblem::Malformed),
            ("a/../b", SlugProblem::Malformed),
            ("é", SlugProblem::Malformed),
            ("Admin", SlugProblem::Reserved),
            ("settings", SlugProblem::Reserved),
        ] {
            assert_eq!(Slug::choose(typed), Err(problem), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_name_the_slug_is_one(name in "\\PC{1,80}", suffix in "[a-z0-9]{1,8}") {
            if let Ok(name) = OrgName::parse(&name) {
                let slug = Slug::of_name(&name);
                prop_assert_eq!(Slug::parse(slug.as_str()), Some(slug.clone()));
                let longer = slug.with(&suffix);
                prop_assert_eq!(Slug::parse(longer.as_str()), Some(longer.clone()));
                prop_assert!(!RESERVED.contains(&slug.as_str()));
            }
        }
    }

    #[test]
    fn slugs() {
        for good in ["acme", "a", "a-b-1", "0"] {
            assert!(Slug::parse(good).is_some(), "{good}");
        }
        for bad in ["", "Acme", "a_b", "-a", "a-", "a--b", "a/b", "..", "é", &"a".repeat(41), "a%20"] {
            assert!(Slug::parse(bad).is_none(), "{bad}");
        }
    }
}

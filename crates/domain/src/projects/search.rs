//! Text as it is looked for: without marks and capitals, so that "Söhne" is found by "sohne".
//!
//! Done here and not by the database: SQLite knows capitals of ASCII only, and `PostgreSQL` those of
//! its locale.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The letters of a text, small, without their marks.
pub fn folded(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_capitals_make_no_difference() {
        for (text, found_by) in [("Müller & SÖHNE", "sohne"), ("Élan", "ELAN"), ("ＡＢＣ", "abc"), ("Ärger", "ärg")]
        {
            assert!(folded(text).contains(&folded(found_by)), "{text} {found_by}");
        }
        assert!(!folded("abc").contains(&folded("d")));
    }
}

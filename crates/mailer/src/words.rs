//! What a mail says, before it is text or HTML.

use crate::render;

/// The longest that a name is shown: enough for people, too short for an advertisement.
const LONGEST_NAME: usize = 64;
/// Of what is not a name: a device, an address.
const LONGEST_FACT: usize = 254;

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    Ours(&'static str),
    /// What somebody typed, already [`tidy`].
    Theirs(String),
}

impl From<&'static str> for Span {
    fn from(words: &'static str) -> Self {
        Self::Ours(words)
    }
}

pub type Sentence = Vec<Span>;

/// The one thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    pub label: &'static str,
    pub link: String,
    /// How long the link is good, where it ends.
    pub good_for: Option<&'static str>,
}

/// Something else that may be wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    pub why: &'static str,
    pub label: &'static str,
    pub link: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Words {
    /// Ours alone: a subject is a header.
    pub subject: &'static str,
    pub title: &'static str,
    /// Whom it greets, if their name can be shown.
    pub name: Option<String>,
    /// What happened.
    pub happened: Vec<Sentence>,
    pub facts: Vec<(&'static str, String)>,
    /// What now.
    pub action: Option<Action>,
    pub aside: Option<Aside>,
    /// What if it wasn't them.
    pub otherwise: &'static str,
}

impl Words {
    pub fn new(subject: &'static str, title: &'static str, otherwise: &'static str) -> Self {
        let (happened, facts) = (Vec::new(), Vec::new());
        Self { subject, title, name: None, happened, facts, action: None, aside: None, otherwise }
    }

    pub fn to(mut self, name: &str) -> Self {
        self.name = shown_name(name);
        self
    }

    pub fn say(mut self, sentence: impl IntoIterator<Item = Span>) -> Self {
        self.happened.push(sentence.into_iter().collect());
        self
    }

    pub fn fact(mut self, label: &'static str, value: &str) -> Self {
        self.facts.push((label, tidy(value, LONGEST_FACT)));
        self
    }

    pub fn fact_if(self, label: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.fact(label, value),
            None => self,
        }
    }

    pub fn action(mut self, label: &'static str, link: &str, good_for: Option<&'static str>) -> Self {
        self.action = Some(Action { label, link: link.to_owned(), good_for });
        self
    }

    pub fn plain(&self) -> String {
        render::plain(self)
    }

    pub fn html(&self) -> String {
        render::html(self)
    }

    pub fn aside(mut self, why: &'static str, label: &'static str, link: &str) -> Self {
        self.aside = Some(Aside { why, label, link: link.to_owned() });
        self
    }
}

/// A name inside a sentence; `instead` where it can't be shown.
pub fn name_or(name: &str, instead: &'static str) -> Span {
    shown_name(name).map_or(Span::Ours(instead), Span::Theirs)
}

/// What is no name, inside a sentence.
pub fn literal(text: &str) -> Span {
    Span::Theirs(tidy(text, LONGEST_FACT))
}

/// None for what a mail program would make a link of: anybody can sign up with any name and
/// the address of somebody else, and no mail of ours carries their link there.
fn shown_name(name: &str) -> Option<String> {
    let name = tidy(name, LONGEST_NAME);
    (!name.is_empty() && !looks_like_a_link(&name)).then_some(name)
}

fn looks_like_a_link(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("://")
        || text.contains('@')
        || text.split(|c: char| c.is_whitespace() || "<>\"'()[]{},;".contains(c)).any(|word| {
            word.starts_with("www.") || word.starts_with("mailto:") || is_host_with_path(word) || is_host_alone(word)
        })
}

/// `evil.example/claim`, but not `A/B Testing` or `</b>`.
fn is_host_with_path(word: &str) -> bool {
    word.split_once('/').is_some_and(|(host, _)| is_host_alone(host))
}

/// `evil.example`: letters after the last dot, as every top-level domain has them.
fn is_host_alone(word: &str) -> bool {
    let word = word.split(['/', ':', '?', '#']).next().unwrap_or_default().trim_end_matches(['.', '!']);
    word.rsplit_once('.').is_some_and(|(before, last)| {
        before.chars().any(char::is_alphanumeric) && last.chars().count() >= 2 && last.chars().all(char::is_alphabetic)
    })
}

/// One line, without characters that can't be seen or that turn the direction of others, and no longer than `longest`.
pub fn tidy(text: &str, longest: usize) -> String {
    let visible = text.chars().map(|c| if c.is_control() || is_separator(c) { ' ' } else { c }).filter(|c| !hides(*c));
    // Whoever sends megabytes has at most this much looked at.
    let looked_at: String = visible.take(longest * 8).collect();
    let line = looked_at.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(longest) {
        None => line,
        Some(_) => {
            let kept: String = line.chars().take(longest - 1).collect();
            format!("{}…", kept.trim_end())
        }
    }
}

/// Line and paragraph separators.
const fn is_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// Direction marks, zero-width characters, tags and other invisible ones.
const fn hides(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}'
            | '\u{061c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t08_a_name_is_one_line_of_visible_text() {
        for (typed, shown) in [
            ("Ann", "Ann"),
            ("  Ann \r\nBcc: b@x  ", "Ann Bcc: b@x"),
            ("{{7*7}}", "{{7*7}}"),
            ("<script>alert(1)</script>", "<script>alert(1)</script>"),
            ("a\u{202e}b\u{2066}c\u{200b}", "abc"),
            ("\0\u{7}x\u{2028}y", "x y"),
            ("", ""),
        ] {
            assert_eq!(tidy(typed, 64), shown, "{typed:?}");
        }
        let long = tidy(&"n".repeat(10_240), LONGEST_NAME);
        assert_eq!(long.chars().count(), LONGEST_NAME);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn t08_a_name_that_is_a_link_is_not_shown() {
        for link in [
            "https://evil.example",
            "You won! evil.example/claim",
            "www.evil",
            "Click evil.example",
            "evil.example!",
            "(evil.example)",
            "a@evil.example",
            "<a href=\"https://evil.example\">",
            "evil\u{200b}.example",
            "EVIL.EXAMPLE:80",
        ] {
            assert_eq!(shown_name(link), None, "{link}");
        }
        for name in [
            "Ann",
            "Acme Inc.",
            "St. Mary",
            "J. R. R. Tolkien",
            "A/B Testing",
            "Müller & Söhne",
            "<b>Bold</b>",
            "<a href>",
            "v2.0",
        ] {
            assert!(shown_name(name).is_some(), "{name}");
        }
    }
}

//! The part for those who read text. Nothing in it is markup, so nothing is escaped; that no
//! name makes a line of its own is seen to by [`crate::words::tidy`].

use super::{FOOTER, good_for, greeting};
use crate::words::{Sentence, Span, Words};

pub fn plain(words: &Words) -> String {
    let (hello, name, end) = greeting(words.name.as_deref());
    let mut blocks = vec![words.title.to_owned(), format!("{hello}{}{end}", name.unwrap_or_default())];
    blocks.extend(words.happened.iter().map(line));
    if !words.facts.is_empty() {
        let facts: Vec<_> = words.facts.iter().map(|(label, value)| format!("{label}: {value}")).collect();
        blocks.push(facts.join("\n"));
    }
    if let Some(action) = &words.action {
        blocks.push(format!("{}:\n{}", action.label, action.link));
        blocks.extend(action.good_for.map(good_for));
    }
    if let Some(aside) = &words.aside {
        blocks.push(format!("{} {}:\n{}", aside.why, aside.label, aside.link));
    }
    blocks.push(words.otherwise.to_owned());
    // The line that mail programs know as the end of the message.
    format!("{}\n\n-- \nPortico\n{FOOTER}\n", blocks.join("\n\n"))
}

fn line(sentence: &Sentence) -> String {
    sentence
        .iter()
        .map(|span| match span {
            Span::Ours(words) => words,
            Span::Theirs(text) => text.as_str(),
        })
        .collect()
}

//! Card numbers and their codes never reach the log (C-03), whoever wrote the line
//! and in whatever field: every line passes here on its way out.
//!
//! A card number is 13 to 19 digits (ISO/IEC 7812-1), perhaps with blanks or hyphens
//! between them, that begins as one of the networks' do and passes the Luhn check.
//! A longer run of digits is searched for one. That takes some numbers that are none;
//! a log can bear that.

use std::{
    borrow::Cow,
    io::{self, Write},
    sync::LazyLock,
};

use regex::{Captures, Regex};
use tracing_subscriber::fmt::MakeWriter;

const CARD: &str = "[card number]";

#[expect(clippy::expect_used, reason = "the expressions are literals of this file")]
static DIGITS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[0-9](?:(?:[ +._\u{a0}-]{1,2}|%20)?[0-9]){12,}").expect("an expression"));
#[expect(clippy::expect_used, reason = "the expressions are literals of this file")]
static CODE: LazyLock<Regex> = LazyLock::new(|| {
    let names = r"cvc2?|cvv2?|csc|card_?code|security_?code";
    let between = r"(?:\W|%[0-9a-f]{2}|value){1,10}?";
    Regex::new(&format!(r"(?i)({names})({between})[0-9]{{3,4}}\b")).expect("an expression")
});

#[expect(clippy::expect_used, reason = "the expressions are literals of this file")]
static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"([^\\]":)(\[card number\])"#).expect("an expression"));

/// The text without card numbers and codes.
pub fn redact(text: &str) -> Cow<'_, str> {
    let without_codes = CODE.replace_all(text, "$1$2[code]");
    match DIGITS.replace_all(&without_codes, |run: &Captures<'_>| hide_cards(&run[0])) {
        Cow::Borrowed(_) => without_codes,
        // A number of its own in a line of JSON becomes a string, or nobody could read the line.
        Cow::Owned(hidden) => Cow::Owned(NUMBER.replace_all(&hidden, "$1\"$2\"").into_owned()),
    }
}

/// A run of digits with every card number in it replaced.
fn hide_cards(run: &str) -> String {
    let digits: Vec<(usize, u32)> = {
        let escaped = |at: usize| run[..at].ends_with('%') || run[..at].ends_with("%2");
        run.char_indices().filter(|(at, _)| !escaped(*at)).filter_map(|(at, c)| Some((at, c.to_digit(10)?))).collect()
    };
    let mut shown = String::new();
    let (mut next, mut copied) = (0, 0);
    while next < digits.len() {
        match (13..=19).rev().find(|n| digits.get(next..next + n).is_some_and(is_card)) {
            Some(n) => {
                shown.push_str(&run[copied..digits[next].0]);
                shown.push_str(CARD);
                copied = digits[next + n - 1].0 + 1;
                next += n;
            }
            None => next += 1,
        }
    }
    shown.push_str(&run[copied..]);
    shown
}

fn is_card(digits: &[(usize, u32)]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, (_, digit))| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        })
        .sum();
    (2..=6).contains(&digits[0].1) && sum.is_multiple_of(10)
}

/// Redacts each event on its way to another writer. An event is written in one call.
#[derive(Clone, Copy)]
pub struct Redacted<M>(pub M);

pub struct RedactedWriter<W>(W);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacted<M> {
    type Writer = RedactedWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        RedactedWriter(self.0.make_writer())
    }
}

impl<W: Write> Write for RedactedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(redact(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Stripe's public test numbers, one of each network and length.
    const CARDS: [&str; 7] = [
        "4242424242424242",
        "5555555555554444",
        "2223003122003222",
        "378282246310005",
        "6011111111111117",
        "30569309025904",
        "6205500000000000004",
    ];

    #[test]
    fn c03_card_numbers_are_hidden_however_they_are_written() {
        for card in CARDS {
            let grouped = |by: &str| {
                card.as_bytes().chunks(4).map(|four| std::str::from_utf8(four).unwrap()).collect::<Vec<_>>().join(by)
            };
            for written in [" ", "-", "+", ".", "  ", "%20", "\u{a0}"].map(grouped).into_iter().chain([card.to_owned()])
            {
                for line in [
                    written.clone(),
                    format!("email={written}"),
                    format!("{{\"number\":\"{written}\",\"exp\":\"12/30\"}}"),
                    format!("{written} 2026-11-21"),
                    format!("order 7 {written} 123"),
                ] {
                    let shown = redact(&line);
                    assert!(!shown.contains(&written), "{line} → {shown}");
                    assert!(shown.contains(CARD), "{line} → {shown}");
                }
            }
        }
    }

    #[test]
    fn c03_codes_are_hidden() {
        for line in [
            "cvc=123",
            "\"cvv\": \"1234\"",
            "CVV2: 999",
            "card[cvc]=123",
            "security_code = 123",
            "card_cvc=123",
            "cardCvc=123",
            "card%5Bcvc%5D=123",
            "cvc%3D123",
            "\"cvc\":{\"value\":\"123\"}",
        ] {
            let shown = redact(line);
            assert!(shown.contains("[code]") && !shown.contains("123") && !shown.contains("999"), "{shown}");
        }
    }

    #[test]
    fn other_lines_are_left_alone() {
        for line in [
            "request_id=1cbc12d375594391b2f3c648c26ebd82 status=303 ms=12",
            "at 2026-11-21T03:50:03.101400Z",
            "org=34dae308-89c6-430a-b703-c16226f92dc9",
            "cus_NffrFeUfNV2Hib 123",
            "port 12111",
        ] {
            assert_eq!(redact(line), line);
        }
    }

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn c03_the_layer_hides_them_in_messages_fields_and_spans() {
        let kept = Kept::default();
        let make = {
            let kept = kept.clone();
            move || kept.clone()
        };
        let subscriber = tracing_subscriber::fmt().json().with_writer(Redacted(make)).finish();
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("pay", card = "4242 4242 4242 4242");
            let _inside = span.enter();
            tracing::error!(number = 4_242_424_242_424_242_u64, cvc = "123", "paid with 4242-4242-4242-4242");
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.matches(CARD).count(), 4, "{text}");
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
        assert!(!text.contains("4242") && !text.contains("\"123\""), "{text}");
    }
}

//! The card on a form: its fields, and what was typed into them.
//!
//! What must hold: number and security code are never shown again, kept, or written anywhere.

use std::collections::BTreeMap;

use maud::{Markup, html};
use time::OffsetDateTime;

use super::countries::{COUNTRIES, is_known};
use super::posted::Posted;
use super::test_cards::SHOWN;
use crate::objects::typed_card::TypedCard;
use crate::payments::cards::TestCard;
use crate::payments::numbers;

/// What is wrong, by the field's name.
pub type Wrong = BTreeMap<&'static str, String>;

/// Reads the card's fields at `now`; what is wrong with them goes into `wrong`.
pub fn read(posted: &Posted, now: i64, wrong: &mut Wrong) -> Option<TypedCard> {
    let card = number(posted.text("number"), wrong);
    let expiry = expiry(posted.text("expiry"), now, wrong);
    security_code(posted.text("cvc"), card, wrong);
    let name = posted.text("name").to_owned();
    if name.is_empty() {
        wrong.insert("name", "Enter the name on the card.".to_owned());
    }
    let country = posted.text("country").to_owned();
    if !is_known(&country) {
        wrong.insert("country", "Choose a country.".to_owned());
    }
    let (card, (exp_month, exp_year)) = (card?, expiry?);
    let is_whole = ["cvc", "name", "country"].iter().all(|field| !wrong.contains_key(field));
    is_whole.then(|| TypedCard { id: card.id.to_owned(), exp_month, exp_year, name, country })
}

fn number(text: &str, wrong: &mut Wrong) -> Option<&'static TestCard> {
    let found = numbers::card(text).ok();
    if found.is_none() {
        let why = if text.is_empty() {
            "Enter the number of a test card."
        } else {
            "This page takes Stripe's public test cards only. Never enter the number of a real card."
        };
        wrong.insert("number", why.to_owned());
    }
    found
}

/// `12/34`, `12 / 2034`, `1234`.
fn expiry(text: &str, now: i64, wrong: &mut Wrong) -> Option<(i64, i64)> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_readable = text.chars().all(|c| c.is_ascii_digit() || c == '/' || c == ' ');
    let parsed = match digits.len() {
        4 | 6 if is_readable => digits[..2].parse().ok().zip(digits[2..].parse::<i64>().ok()),
        _ => None,
    };
    let Some((month @ 1..=12, year)) = parsed else {
        wrong.insert("expiry", "Enter the month and year as MM / YY.".to_owned());
        return None;
    };
    let year = if year < 100 { 2000 + year } else { year };
    let today = OffsetDateTime::from_unix_timestamp(now).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    if (year, month) < (i64::from(today.year()), i64::from(u8::from(today.month()))) {
        wrong.insert("expiry", "This card has expired.".to_owned());
        return None;
    }
    if year > i64::from(today.year()) + 50 {
        wrong.insert("expiry", "This year is too far away.".to_owned());
        return None;
    }
    Some((month, year))
}

fn security_code(text: &str, card: Option<&TestCard>, wrong: &mut Wrong) {
    let is_code = text.chars().all(|c| c.is_ascii_digit());
    let fits = card.map_or((3..=4).contains(&text.len()), |card| text.len() == digits_of(card));
    if !is_code || !fits {
        let digits = card.map_or(3, digits_of);
        wrong.insert("cvc", format!("Enter the {digits} digits of the security code."));
    }
}

fn digits_of(card: &TestCard) -> usize {
    if card.brand == "amex" { 4 } else { 3 }
}

/// The fields, with what may be shown again of `typed`.
pub fn fields(typed: Option<&Posted>, wrong: &Wrong) -> Markup {
    let again = |name: &str| typed.map_or("", |posted| posted.text(name)).to_owned();
    html! {
        (field("number", "Card number", "", wrong, &[
            ("inputmode", "numeric"), ("autocomplete", "cc-number"), ("placeholder", "4242 4242 4242 4242"),
            ("maxlength", "30"), ("required", "required"),
        ]))
        div.two {
            (field("expiry", "Expiry (MM / YY)", &again("expiry"), wrong, &[
                ("inputmode", "numeric"), ("autocomplete", "cc-exp"), ("placeholder", "12 / 34"), ("maxlength", "9"),
                ("required", "required"),
            ]))
            (field("cvc", "Security code", "", wrong, &[
                ("inputmode", "numeric"), ("autocomplete", "cc-csc"), ("placeholder", "123"), ("maxlength", "4"),
                ("required", "required"),
            ]))
        }
        (field("name", "Name on the card", &again("name"), wrong, &[
            ("autocomplete", "cc-name"), ("maxlength", "200"), ("required", "required"),
        ]))
        (country("country", &again("country"), wrong))
    }
}

/// A text field with its label and, beneath it, what is wrong with it.
pub fn field(name: &str, label: &str, value: &str, wrong: &Wrong, more: &[(&str, &str)]) -> Markup {
    let given = |key: &str| more.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
    let error = wrong.get(name);
    html! {
        div.field {
            label for=(name) { (label) }
            input #(name) name=(name) type=(given("type").unwrap_or("text")) value=(value)
                inputmode=[given("inputmode")] autocomplete=[given("autocomplete")]
                placeholder=[given("placeholder")] maxlength=[given("maxlength")] min=[given("min")]
                max=[given("max")] required[given("required").is_some()] spellcheck="false"
                aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| format!("{name}-error"))];
            (beneath(name, error))
        }
    }
}

/// The choice of a country.
pub fn country(name: &str, chosen: &str, wrong: &Wrong) -> Markup {
    let error = wrong.get(name);
    let chosen = if chosen.is_empty() { "US" } else { chosen };
    html! {
        div.field {
            label for=(name) { "Country" }
            select #(name) name=(name) autocomplete="country" aria-invalid=[error.map(|_| "true")]
                aria-describedby=[error.map(|_| format!("{name}-error"))] {
                @for (code, country) in COUNTRIES {
                    option value=(code) selected[code == chosen] { (country) }
                }
            }
            (beneath(name, error))
        }
    }
}

fn beneath(name: &str, error: Option<&String>) -> Markup {
    html! {
        @if let Some(error) = error {
            p.wrong id=(format!("{name}-error")) data-testid="field-error" { (error) }
        }
    }
}

/// The cards that may be typed, for people who test.
pub fn test_cards() -> Markup {
    html! {
        details {
            summary { "Test cards" }
            p.hint { "Any expiry in the future and any security code. No real card is ever accepted here." }
            ul.cards.plain {
                @for card in &SHOWN {
                    li { code { (card.written()) } span.soft { (card.does) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Wrong, expiry};

    #[test]
    fn expiries_are_read_as_people_type_them() {
        let now = 1_795_219_200; // 21 November 2026
        for (text, read) in [
            ("12/34", Some((12, 2034))),
            ("12 / 2034", Some((12, 2034))),
            ("1234", Some((12, 2034))),
            ("11/26", Some((11, 2026))),
            ("10/26", None),
            ("13/34", None),
            ("1/34", None),
            ("12-34", None),
            ("12/99", None),
            ("", None),
        ] {
            let mut wrong = Wrong::new();
            assert_eq!(expiry(text, now, &mut wrong), read, "{text}");
            assert_eq!(wrong.contains_key("expiry"), read.is_none(), "{text}");
        }
    }
}

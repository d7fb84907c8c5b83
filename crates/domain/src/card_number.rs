//! Whether a text has a card number in it (C-01). None is ever to reach this server; what looks like one is
//! refused, so the rule is narrower than that of the log, which hides more than it must.
//!
//! A card number is 12 to 19 digits (ISO/IEC 7812-1) that begin as a network's do, are as many as that
//! network gives out, and pass the Luhn check. People write them with a blank, hyphen or point now and then.

use std::borrow::Cow;

use uuid::Uuid;

/// First digits of a network's numbers, from and to, and how many digits they have, from and to.
/// <https://docs.stripe.com/testing#cards> has one of each.
const NETWORKS: [(u32, u32, usize, usize); 14] = [
    // Visa
    (4, 4, 13, 13),
    (4, 4, 16, 16),
    (4, 4, 19, 19),
    // Mastercard
    (51, 55, 16, 16),
    (2221, 2720, 16, 16),
    // American Express
    (34, 34, 15, 15),
    (37, 37, 15, 15),
    // Discover
    (6011, 6011, 16, 19),
    (644, 659, 16, 19),
    // Diners Club
    (300, 305, 14, 19),
    (36, 36, 14, 19),
    (38, 39, 14, 19),
    // JCB
    (3528, 3589, 16, 19),
    // UnionPay
    (62, 62, 16, 19),
];
const SHORTEST: usize = 13;
const LONGEST: usize = 19;
const UUID: usize = 36;

/// Whether there is one: digits of their own, not a part of a longer number or word.
pub fn is_in(text: &str) -> bool {
    // Digits that stand together, and groups of them with one separator between.
    let mut groups: Vec<Vec<u32>> = Vec::new();
    let (mut is_in_digits, mut is_separated, mut is_after_word) = (false, false, false);
    for c in without_uuids(text).chars().chain(std::iter::once('\n')) {
        if let Some(digit) = c.to_digit(10) {
            match groups.last_mut().filter(|_| is_in_digits) {
                Some(group) => group.push(digit),
                // The end of a word, like an id's, is no number; its digits end what came before.
                None if is_after_word => groups = vec![vec![0; LONGEST + 1]],
                None => groups.push(vec![digit]),
            }
            (is_in_digits, is_separated, is_after_word) = (true, false, false);
        } else if matches!(c, ' ' | '-' | '.' | '\u{a0}' | '\u{2009}' | '\u{202f}')
            && !groups.is_empty()
            && !is_separated
        {
            (is_in_digits, is_separated) = (false, true);
        } else {
            // A word that begins with digits is none either.
            if c.is_alphanumeric() && is_in_digits {
                groups.pop();
            }
            if has_card(&groups) {
                return true;
            }
            groups.clear();
            (is_in_digits, is_separated, is_after_word) = (false, false, c.is_alphanumeric() || c == '_');
        }
    }
    false
}

/// Those of others, like a tenant's at Microsoft, may end in four and twelve digits that pass as a card.
fn without_uuids(text: &str) -> Cow<'_, str> {
    if text.len() < UUID || !text.contains('-') {
        return text.into();
    }
    let ends_word = |c: char| !c.is_alphanumeric() && c != '-';
    let is_uuid = |word: &str| word.len() == UUID && Uuid::try_parse(word).is_ok();
    let kept = |part| if is_uuid(str::trim_end_matches(part, ends_word)) { "id;" } else { part };
    text.split_inclusive(ends_word).map(kept).collect()
}

/// Groups next to each other: an expiry date or a code may stand beside.
fn has_card(groups: &[Vec<u32>]) -> bool {
    (0..groups.len()).any(|first| {
        let mut digits = Vec::new();
        groups[first..].iter().any(|group| {
            let is_alone = digits.is_empty();
            digits.extend_from_slice(group);
            // Cards are written in fours, or four, six and the rest; telephones are not.
            let is_grouped = is_alone || groups[first].len() == 4;
            is_grouped && (SHORTEST..=LONGEST).contains(&digits.len()) && is_card(&digits)
        })
    })
}

fn is_card(digits: &[u32]) -> bool {
    let begins = |from: u32, to: u32| {
        let places = from.ilog10() as usize + 1;
        let first = digits[..places].iter().fold(0, |number, digit| number * 10 + digit);
        (from..=to).contains(&first)
    };
    let is_of = |(from, to, shortest, longest): &(u32, u32, usize, usize)| {
        (*shortest..=*longest).contains(&digits.len()) && begins(*from, *to)
    };
    NETWORKS.iter().any(is_of) && passes_luhn(digits)
}

fn passes_luhn(digits: &[u32]) -> bool {
    let doubled = |(place, digit): (usize, &u32)| match (place % 2, digit * 2) {
        (0, _) => *digit,
        (_, twice) if twice > 9 => twice - 9,
        (_, twice) => twice,
    };
    digits.iter().rev().enumerate().map(doubled).sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Stripe's public test numbers, of each network and length.
    const CARDS: [&str; 10] = [
        "4242424242424242",
        "4000056655665556",
        "5555555555554444",
        "2223003122003222",
        "378282246310005",
        "6011111111111117",
        "30569309025904",
        "36227206271667",
        "3566002020360505",
        "6205500000000000004",
    ];

    #[test]
    fn c01_card_numbers_are_seen_however_they_are_written() {
        for card in CARDS {
            let grouped = |by: &str| {
                card.as_bytes().chunks(4).map(|four| std::str::from_utf8(four).unwrap()).collect::<Vec<_>>().join(by)
            };
            for written in [card.to_owned(), grouped(" "), grouped("-"), grouped("."), grouped("\u{a0}")] {
                for text in [
                    written.clone(),
                    format!("my card is {written}"),
                    format!("{written}, 12/30, 123"),
                    format!("{written} 12/30"),
                    format!("{written}\n123"),
                    format!("card:{written};"),
                    format!("<b>{written}</b>"),
                    format!("11111111-2222-3333-4444-555555555555 {written}"),
                ] {
                    assert!(is_in(&text), "{text}");
                }
            }
        }
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "",
            "2026-11-27",
            "2026-11-27 03:50:03.101400",
            "1795219200000",
            "+49 30 1234567 89012",
            "1cbc12d375594391b2f3c648c26ebd82",
            "34dae308-89c6-430a-b703-c16226f92dc9",
            // Its last sixteen digits pass as a Visa card.
            "11111111-2222-3333-4444-555555555555",
            "http://localhost:1/11111111-2222-3333-4444-555555555555/v2.0",
            "cus_4242424242424242",
            "4242424242424242abc",
            "4242424242424241",
            "1234567890123452",
            "978-3-16-148410-0",
            "DE89 3704 0044 0532 0130 00",
            "9223372036854775807",
            "42424242424242424242",
        ] {
            assert!(!is_in(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_looked_through(text in "\\PC*") {
            is_in(&text);
        }

        #[test]
        fn a_wrong_digit_is_no_card(card in prop::sample::select(&CARDS[..]), place in 0_usize..16, by in 1_u32..10) {
            let mut digits: Vec<u32> = card.chars().filter_map(|c| c.to_digit(10)).collect();
            let place = place % digits.len();
            digits[place] = (digits[place] + by) % 10;
            prop_assert!(!passes_luhn(&digits));
        }
    }
}

//! Stripe's public test cards as they are shown to people who test.
//!
//! A number goes no further than the table of `payments::numbers`: what is kept and passed on is
//! the public test id (`pm_card_…`).

/// A public test card.
#[derive(Debug, PartialEq, Eq)]
pub struct ShownCard {
    pub number: &'static str,
    /// What it does, for people.
    pub does: &'static str,
}

const fn card(number: &'static str, does: &'static str) -> ShownCard {
    ShownCard { number, does }
}

/// The cards that the pages show, in their order; a few more are taken.
pub const SHOWN: [ShownCard; 18] = [
    card("4242424242424242", "pays"),
    card("5555555555554444", "pays"),
    card("371449635398431", "pays (four digits of security code)"),
    card("6011000990139424", "pays"),
    card("4000056655665556", "pays (debit)"),
    card("4000002760000016", "pays (issued in Germany)"),
    card("4000000000000002", "is declined"),
    card("4000000000009995", "is declined: insufficient funds"),
    card("4000000000009987", "is declined: lost"),
    card("4000000000009979", "is declined: stolen"),
    card("4000000000000069", "is declined: expired"),
    card("4000000000000127", "is declined: wrong security code"),
    card("4000000000000119", "is declined: processing error"),
    card("4000000000000341", "can be saved; payments with it fail"),
    card("4000002500003155", "asks for 3-D Secure once, then can be charged"),
    card("4000002760003184", "asks for 3-D Secure every time"),
    card("4000008260003178", "asks for 3-D Secure, then insufficient funds"),
    card("4000000000003220", "asks for 3-D Secure"),
];

impl ShownCard {
    /// The number in groups, for people.
    pub fn written(&self) -> String {
        let groups: &[usize] = if self.number.len() == 15 { &[4, 6, 5] } else { &[4, 4, 4, 4] };
        let mut rest = self.number;
        let mut parts = Vec::new();
        for size in groups {
            let (part, after) = rest.split_at(*size);
            parts.push(part);
            rest = after;
        }
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::SHOWN;
    use crate::payments::numbers;

    #[test]
    fn every_card_that_is_shown_is_taken() {
        for card in &SHOWN {
            assert!(numbers::card(card.number).is_ok(), "{}", card.number);
            assert_eq!(card.written().replace(' ', ""), card.number);
        }
    }
}

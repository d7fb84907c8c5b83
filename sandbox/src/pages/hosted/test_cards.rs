//! Stripe's public test cards by their numbers. Any other number is refused.
//!
//! A number goes no further than this table: what is kept and passed on is the public test id
//! (`pm_card_…`), whose behaviour `payment_method` knows.

/// A public test card.
#[derive(Debug, PartialEq, Eq)]
pub struct TestCard {
    pub number: &'static str,
    /// The public test id of the card with the same behaviour.
    pub id: &'static str,
    /// What it does, for people.
    pub does: &'static str,
}

const fn card(number: &'static str, id: &'static str, does: &'static str) -> TestCard {
    TestCard { number, id, does }
}

/// All cards the pages take, in the order they are shown.
pub const TEST_CARDS: [TestCard; 18] = [
    card("4242424242424242", "pm_card_visa", "pays"),
    card("5555555555554444", "pm_card_mastercard", "pays"),
    card("371449635398431", "pm_card_amex", "pays (four digits of security code)"),
    card("6011000990139424", "pm_card_discover", "pays"),
    card("4000056655665556", "pm_card_visa_debit", "pays (debit)"),
    card("4000002760000016", "pm_card_de", "pays (issued in Germany)"),
    card("4000000000000002", "pm_card_visa_chargeDeclined", "is declined"),
    card("4000000000009995", "pm_card_visa_chargeDeclinedInsufficientFunds", "is declined: insufficient funds"),
    card("4000000000009987", "pm_card_visa_chargeDeclinedLostCard", "is declined: lost"),
    card("4000000000009979", "pm_card_visa_chargeDeclinedStolenCard", "is declined: stolen"),
    card("4000000000000069", "pm_card_chargeDeclinedExpiredCard", "is declined: expired"),
    card("4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", "is declined: wrong security code"),
    card("4000000000000119", "pm_card_chargeDeclinedProcessingError", "is declined: processing error"),
    card("4000000000000341", "pm_card_chargeCustomerFail", "can be saved; payments with it fail"),
    card("4000002500003155", "pm_card_authenticationRequiredOnSetup", "asks for 3-D Secure once, then can be charged"),
    card("4000002760003184", "pm_card_authenticationRequired", "asks for 3-D Secure every time"),
    card(
        "4000008260003178",
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        "asks for 3-D Secure, then insufficient funds",
    ),
    card("4000000000003220", "pm_card_threeDSecure2Required", "asks for 3-D Secure"),
];

/// The card with this number; spaces and dashes between the digits are nothing.
pub fn by_number(number: &str) -> Option<&'static TestCard> {
    let digits: String = number.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    TEST_CARDS.iter().find(|card| card.number == digits)
}

impl TestCard {
    /// How many digits its security code has.
    pub fn cvc_length(&self) -> usize {
        if self.number.starts_with('3') { 4 } else { 3 }
    }

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
    use super::{TEST_CARDS, by_number};

    #[test]
    fn only_public_test_cards_are_known() {
        assert_eq!(by_number("4242 4242-4242 4242").map(|card| card.id), Some("pm_card_visa"));
        assert_eq!(by_number("4242424242424241"), None);
        // Passes the check digit, but is nobody's test card.
        assert_eq!(by_number("4539578763621486"), None);
        assert_eq!(by_number(""), None);
    }

    #[test]
    fn every_number_has_a_right_check_digit() {
        for card in &TEST_CARDS {
            let sum: u32 = card
                .number
                .bytes()
                .rev()
                .enumerate()
                .map(|(place, digit)| {
                    let digit = u32::from(digit - b'0') * if place % 2 == 1 { 2 } else { 1 };
                    if digit > 9 { digit - 9 } else { digit }
                })
                .sum();
            assert_eq!(sum % 10, 0, "{}", card.number);
            assert_eq!(card.written().replace(' ', ""), card.number);
        }
    }
}

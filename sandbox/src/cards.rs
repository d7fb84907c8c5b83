//! Stripe's public test cards: what each is, and how it behaves when it is used.
//!
//! These numbers are printed in Stripe's documentation and buy nothing. No other number is ever
//! kept, and none is ever logged.

use serde_json::Value;

use crate::http::errors::{ApiError, ErrorType};

/// Why a bank says no: the error's code and the decline code (empty where Stripe has none).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    pub code: &'static str,
    pub decline_code: &'static str,
    pub message: &'static str,
}

/// How a card behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conduct {
    /// Every payment succeeds.
    Pays,
    /// Every payment fails, and so does attaching it to a customer.
    Declines(Refusal),
    /// It can be attached; every payment fails.
    AttachesThenDeclines(Refusal),
    /// Every payment and every setup wants 3-D Secure, also off session.
    AlwaysAuthenticates,
    /// The first use on session wants 3-D Secure; once set up, payments off session succeed.
    AuthenticatesOnce,
    /// Wants 3-D Secure every time, and fails after it.
    AuthenticatesThenDeclines(Refusal),
}

/// A test card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestCard {
    /// Stripe's id for it, like `pm_card_visa`.
    pub id: &'static str,
    pub number: &'static str,
    pub brand: &'static str,
    pub funding: &'static str,
    pub country: &'static str,
    pub conduct: Conduct,
}

impl TestCard {
    /// The last four digits.
    pub fn last4(&self) -> &'static str {
        self.number.get(self.number.len() - 4..).unwrap_or_default()
    }

    /// What tells the card again from a payment method made with it.
    pub fn fingerprint(&self) -> String {
        self.id.replace("pm_card_", "sandbox_")
    }
}

const fn refusal(code: &'static str, decline_code: &'static str, message: &'static str) -> Refusal {
    Refusal { code, decline_code, message }
}

const GENERIC: Refusal = refusal("card_declined", "generic_decline", "Your card was declined.");
const FUNDS: Refusal = refusal("card_declined", "insufficient_funds", "Your card has insufficient funds.");
const LOST: Refusal = refusal("card_declined", "lost_card", "Your card was declined.");
const STOLEN: Refusal = refusal("card_declined", "stolen_card", "Your card was declined.");
const EXPIRED: Refusal = refusal("expired_card", "expired_card", "Your card has expired.");
const CVC: Refusal = refusal("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.");
const PROCESSING: Refusal = refusal(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
);

const fn card(
    id: &'static str,
    number: &'static str,
    (brand, funding, country): (&'static str, &'static str, &'static str),
    conduct: Conduct,
) -> TestCard {
    TestCard { id, number, brand, funding, country, conduct }
}

const VISA: (&str, &str, &str) = ("visa", "credit", "US");

/// All that are known. An id stands for one number; a number may have several ids.
pub const ALL: &[TestCard] = &[
    card("pm_card_visa", "4242424242424242", VISA, Conduct::Pays),
    card("pm_card_visa_debit", "4000056655665556", ("visa", "debit", "US"), Conduct::Pays),
    card("pm_card_mastercard", "5555555555554444", ("mastercard", "credit", "US"), Conduct::Pays),
    card("pm_card_mastercard_debit", "5200828282828210", ("mastercard", "debit", "US"), Conduct::Pays),
    card("pm_card_amex", "378282246310005", ("amex", "credit", "US"), Conduct::Pays),
    card("pm_card_discover", "6011111111111117", ("discover", "credit", "US"), Conduct::Pays),
    card("pm_card_de", "4000002760000016", ("visa", "credit", "DE"), Conduct::Pays),
    card("pm_card_chargeDeclined", "4000000000000002", VISA, Conduct::Declines(GENERIC)),
    card("pm_card_visa_chargeDeclined", "4000000000000002", VISA, Conduct::Declines(GENERIC)),
    card("pm_card_visa_chargeDeclinedInsufficientFunds", "4000000000009995", VISA, Conduct::Declines(FUNDS)),
    card("pm_card_visa_chargeDeclinedLostCard", "4000000000009987", VISA, Conduct::Declines(LOST)),
    card("pm_card_visa_chargeDeclinedStolenCard", "4000000000009979", VISA, Conduct::Declines(STOLEN)),
    card("pm_card_chargeDeclinedExpiredCard", "4000000000000069", VISA, Conduct::Declines(EXPIRED)),
    card("pm_card_chargeDeclinedIncorrectCvc", "4000000000000127", VISA, Conduct::Declines(CVC)),
    card("pm_card_chargeDeclinedProcessingError", "4000000000000119", VISA, Conduct::Declines(PROCESSING)),
    card("pm_card_chargeCustomerFail", "4000000000000341", VISA, Conduct::AttachesThenDeclines(GENERIC)),
    card("pm_card_authenticationRequired", "4000002760003184", VISA, Conduct::AlwaysAuthenticates),
    card("pm_card_threeDSecure2Required", "4000000000003220", VISA, Conduct::AlwaysAuthenticates),
    card("pm_card_authenticationRequiredOnSetup", "4000002500003155", VISA, Conduct::AuthenticatesOnce),
    card(
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        "4000008260003178",
        VISA,
        Conduct::AuthenticatesThenDeclines(FUNDS),
    ),
];

/// The card of Stripe's id.
pub fn by_id(id: &str) -> Option<&'static TestCard> {
    ALL.iter().find(|card| card.id == id)
}

/// The card of a number; spaces and dashes may stand in it.
///
/// # Errors
/// 402 for a number that is no card's, or that is not one of the public test cards.
pub fn by_number(number: &str) -> Result<&'static TestCard, ApiError> {
    let digits: String = number.chars().filter(|c| !" -".contains(*c)).collect();
    if let Some(card) = ALL.iter().find(|card| card.number == digits) {
        return Ok(card);
    }
    let (code, decline_code, message) = if is_number(&digits) {
        let message = "Your card was declined. Your request was in test mode, but used a non test (live) card.";
        ("card_declined", "test_mode_live_card", message)
    } else {
        ("incorrect_number", "", "Your card number is incorrect.")
    };
    Err(declined(&Refusal { code, decline_code, message }).about("card[number]"))
}

/// How the card behaves that a payment method was made with.
pub fn conduct(method: &Value) -> Conduct {
    let fingerprint = method["card"]["fingerprint"].as_str().unwrap_or_default();
    ALL.iter().find(|card| card.fingerprint() == fingerprint).map_or(Conduct::Pays, |card| card.conduct)
}

/// The refusal as the API sends it.
pub fn declined(refusal: &Refusal) -> ApiError {
    let mut error = ApiError::new(402, ErrorType::Card, refusal.code, refusal.message);
    error.decline_code = (!refusal.decline_code.is_empty()).then(|| refusal.decline_code.to_owned());
    error
}

/// Whether the digits could be a card's, by their check digit (Luhn).
fn is_number(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit.wrapping_sub(b'0'));
            let doubled = if place % 2 == 1 { digit * 2 } else { digit };
            doubled / 10 + doubled % 10
        })
        .sum();
    (12..=19).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit()) && sum.is_multiple_of(10)
}

/// A number as it may be shown: only its last four digits.
pub fn masked(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let shown = if digits.len() > 8 { &digits[digits.len() - 4..] } else { &[] };
    format!("****{}", shown.iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::{ALL, by_id, by_number, is_number, masked};
    use std::collections::HashSet;

    #[test]
    fn the_table_holds_real_test_numbers_and_no_id_twice() {
        let ids: HashSet<_> = ALL.iter().map(|card| card.id).collect();
        assert_eq!(ids.len(), ALL.len());
        for card in ALL {
            assert!(is_number(card.number), "{}", card.id);
            assert_eq!(by_number(card.number).map(|found| found.number), Ok(card.number));
        }
        assert_eq!(by_id("pm_card_visa").map(super::TestCard::last4), Some("4242"));
    }

    #[test]
    fn other_numbers_are_refused() {
        // A right check digit and not in the table; a wrong one; no number at all.
        for (number, code) in
            [("4111111111111111", "card_declined"), ("4242424242424241", "incorrect_number"), ("x", "incorrect_number")]
        {
            let refused = by_number(number).err();
            let refused = refused.map(|error| (error.status, error.code.unwrap_or_default()));
            assert_eq!(refused, Some((402, code.to_owned())), "{number}");
        }
        assert!(by_number("4242 4242-4242 4242").is_ok());
    }

    #[test]
    fn only_four_digits_are_shown() {
        assert_eq!(masked("4242 4242 4242 4242"), "****4242");
        assert_eq!(masked("12345678"), "****");
    }
}

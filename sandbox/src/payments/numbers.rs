//! The numbers of Stripe's public test cards. They are printed in its documentation and buy nothing. No
//! other number is ever kept, and none is ever logged.

use super::cards::{self, TestCard};
use crate::http::errors::{ApiError, ErrorType};

/// Number and Stripe's id of the card.
const NUMBERS: [(&str, &str); 21] = [
    ("4242424242424242", "pm_card_visa"),
    ("4000056655665556", "pm_card_visa_debit"),
    ("5555555555554444", "pm_card_mastercard"),
    ("2223003122003222", "pm_card_mastercard_debit"),
    ("5105105105105100", "pm_card_mastercard_prepaid"),
    ("371449635398431", "pm_card_amex"),
    ("6011000990139424", "pm_card_discover"),
    ("4000002760000016", "pm_card_de"),
    ("4000000000000002", "pm_card_visa_chargeDeclined"),
    ("4000000000009995", "pm_card_visa_chargeDeclinedInsufficientFunds"),
    ("4000000000009987", "pm_card_visa_chargeDeclinedLostCard"),
    ("4000000000009979", "pm_card_visa_chargeDeclinedStolenCard"),
    ("4000000000000069", "pm_card_chargeDeclinedExpiredCard"),
    ("4000000000000127", "pm_card_chargeDeclinedIncorrectCvc"),
    ("4000000000000119", "pm_card_chargeDeclinedProcessingError"),
    ("4000000000000341", "pm_card_chargeCustomerFail"),
    ("4000002760003184", "pm_card_authenticationRequired"),
    ("4000000000003220", "pm_card_threeDSecure2Required"),
    ("4000002500003155", "pm_card_authenticationRequiredOnSetup"),
    ("4000008260003178", "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"),
    ("378282246310005", "pm_card_amex"),
];

/// The card of a number; spaces and dashes may stand in it.
///
/// # Errors
/// 402 for a number that is no card's, or that is not one of the public test cards.
pub fn card(number: &str) -> Result<&'static TestCard, ApiError> {
    let digits: String = number.chars().filter(|c| !" -".contains(*c)).collect();
    let id = NUMBERS.iter().find(|(known, _)| *known == digits).map(|(_, id)| *id);
    if let Some(card) = id.and_then(cards::by_id) {
        return Ok(card);
    }
    let refused = |code: &str, message: &str| ApiError::new(402, ErrorType::Card, code, message).about("card[number]");
    if !is_number(&digits) {
        return Err(refused("incorrect_number", "Your card number is incorrect."));
    }
    let message = "Your card was declined. Your request was in test mode, but used a non test (live) card.";
    let mut declined = refused("card_declined", message);
    declined.decline_code = Some("test_mode_live_card".to_owned());
    Err(declined)
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
    use super::{NUMBERS, card, is_number, masked};

    #[test]
    fn the_table_holds_real_test_numbers() {
        for (number, id) in NUMBERS {
            assert!(is_number(number), "{id}");
            assert_eq!(card(number).map(|card| card.id), Ok(id));
        }
        let last4 = |number: &str| card(number).map(|card| card.last4);
        for (number, _) in &NUMBERS[..20] {
            assert_eq!(last4(number), Ok(&number[number.len() - 4..]));
        }
    }

    #[test]
    fn other_numbers_are_refused() {
        // A right check digit and not in the table; a wrong one; no number at all.
        for (number, code) in
            [("4111111111111111", "card_declined"), ("4242424242424241", "incorrect_number"), ("x", "incorrect_number")]
        {
            let refused = card(number).err().map(|error| (error.status, error.code.unwrap_or_default()));
            assert_eq!(refused, Some((402, code.to_owned())), "{number}");
        }
        assert!(card("4242 4242-4242 4242").is_ok());
    }

    #[test]
    fn only_four_digits_are_shown() {
        assert_eq!(masked("4242 4242 4242 4242"), "****4242");
        assert_eq!(masked("12345678"), "****");
    }
}

//! Stripe's public test cards, by their ids. No card number is known here.

use serde_json::Value;

use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::{ApiError, ErrorType};

/// A refusal by a card's bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "`decline_code` is Stripe's name")]
pub struct Decline {
    pub code: &'static str,
    pub decline_code: &'static str,
    pub message: &'static str,
}

impl Decline {
    /// The refusal as the API answers it.
    pub fn error(self) -> ApiError {
        let mut error = ApiError::new(402, ErrorType::Card, self.code, self.message);
        error.decline_code = (!self.decline_code.is_empty()).then(|| self.decline_code.to_owned());
        error
    }
}

const fn declined(decline_code: &'static str) -> Decline {
    Decline { code: "card_declined", decline_code, message: "Your card was declined." }
}

const GENERIC: Decline = declined("generic_decline");
const LOST: Decline = declined("lost_card");
const STOLEN: Decline = declined("stolen_card");
const NO_FUNDS: Decline =
    Decline { code: "card_declined", decline_code: "insufficient_funds", message: "Your card has insufficient funds." };
const EXPIRED: Decline = Decline { code: "expired_card", decline_code: "", message: "Your card has expired." };
const WRONG_CVC: Decline =
    Decline { code: "incorrect_cvc", decline_code: "", message: "Your card's security code is incorrect." };
const PROCESSING: Decline = Decline {
    code: "processing_error",
    decline_code: "",
    message: "An error occurred while processing your card. Try again in a little bit.",
};
/// A challenge where nobody is there to answer it.
pub const AUTHENTICATION: Decline = Decline {
    code: "authentication_required",
    decline_code: "authentication_required",
    message: "Your card was declined. This transaction requires authentication.",
};
/// A challenge that was not passed.
pub const NOT_AUTHENTICATED: Decline = Decline {
    code: "payment_intent_authentication_failure",
    decline_code: "",
    message: "The provided payment method has failed authentication.",
};

/// What a card does when money is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    Works,
    /// Refused also when it is attached to a customer.
    Declines(Decline),
    /// Can be attached, and then refuses every charge.
    DeclinesCharges(Decline),
    /// 3-D Secure for every payment.
    Authenticates,
    /// 3-D Secure unless it was set up for later use.
    AuthenticatesUnlessSetUp,
    /// 3-D Secure, and then it refuses all the same.
    AuthenticatesThenDeclines(Decline),
}

/// A test card.
#[derive(Debug, PartialEq, Eq)]
pub struct TestCard {
    pub id: &'static str,
    pub brand: &'static str,
    pub last4: &'static str,
    pub funding: &'static str,
    pub country: &'static str,
    pub behaviour: Behaviour,
}

const fn card(id: &'static str, brand: &'static str, last4: &'static str, behaviour: Behaviour) -> TestCard {
    TestCard { id, brand, last4, funding: "credit", country: "US", behaviour }
}

const fn other(
    id: &'static str,
    brand: &'static str,
    last4: &'static str,
    funding: &'static str,
    country: &'static str,
) -> TestCard {
    TestCard { id, brand, last4, funding, country, behaviour: Behaviour::Works }
}

/// All of them. Where two ids have one brand and last four, they behave alike.
pub const ALL: &[TestCard] = &[
    card("pm_card_visa", "visa", "4242", Behaviour::Works),
    other("pm_card_visa_debit", "visa", "5556", "debit", "US"),
    card("pm_card_mastercard", "mastercard", "4444", Behaviour::Works),
    other("pm_card_mastercard_debit", "mastercard", "3222", "debit", "US"),
    other("pm_card_mastercard_prepaid", "mastercard", "5100", "prepaid", "US"),
    card("pm_card_amex", "amex", "8431", Behaviour::Works),
    card("pm_card_discover", "discover", "9424", Behaviour::Works),
    other("pm_card_de", "visa", "0016", "credit", "DE"),
    card("pm_card_chargeDeclined", "visa", "0002", Behaviour::Declines(GENERIC)),
    card("pm_card_visa_chargeDeclined", "visa", "0002", Behaviour::Declines(GENERIC)),
    card("pm_card_chargeDeclinedInsufficientFunds", "visa", "9995", Behaviour::Declines(NO_FUNDS)),
    card("pm_card_visa_chargeDeclinedInsufficientFunds", "visa", "9995", Behaviour::Declines(NO_FUNDS)),
    card("pm_card_visa_chargeDeclinedLostCard", "visa", "9987", Behaviour::Declines(LOST)),
    card("pm_card_visa_chargeDeclinedStolenCard", "visa", "9979", Behaviour::Declines(STOLEN)),
    card("pm_card_chargeDeclinedExpiredCard", "visa", "0069", Behaviour::Declines(EXPIRED)),
    card("pm_card_chargeDeclinedIncorrectCvc", "visa", "0127", Behaviour::Declines(WRONG_CVC)),
    card("pm_card_chargeDeclinedProcessingError", "visa", "0119", Behaviour::Declines(PROCESSING)),
    card("pm_card_chargeCustomerFail", "visa", "0341", Behaviour::DeclinesCharges(GENERIC)),
    card("pm_card_authenticationRequired", "visa", "3184", Behaviour::Authenticates),
    card("pm_card_threeDSecure2Required", "visa", "3220", Behaviour::Authenticates),
    card("pm_card_authenticationRequiredOnSetup", "visa", "3155", Behaviour::AuthenticatesUnlessSetUp),
    card(
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        "visa",
        "3178",
        Behaviour::AuthenticatesThenDeclines(NO_FUNDS),
    ),
];

/// A test card by its id, like `pm_card_visa`.
pub fn by_id(id: &str) -> Option<&'static TestCard> {
    ALL.iter().find(|card| card.id == id)
}

/// What a payment method will do: its brand and last four tell which test card it is.
pub fn behaviour(books: &Books, method: &Value) -> Behaviour {
    let is_it = |card: &&TestCard| method["card"]["brand"] == card.brand && method["card"]["last4"] == card.last4;
    match ALL.iter().find(is_it).map_or(Behaviour::Works, |card| card.behaviour) {
        Behaviour::AuthenticatesUnlessSetUp if books.set_up.get(method.id()).is_some() => Behaviour::Works,
        behaviour => behaviour,
    }
}

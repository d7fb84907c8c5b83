//! What the payment provider tells us by webhook, and which of it concerns us (W-01).
//!
//! What must hold: an event is a hint that something of a customer changed, and nothing of what
//! it says about the change is believed. What is true now is fetched (check W05), so that order,
//! repetition and loss can't matter.

use crate::{CustomerId, Timestamp};

/// What is read of a delivery: enough to know whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderEvent {
    /// Unique at the provider: the same id is the same event (W-04).
    pub id: String,
    /// Like `invoice.paid`.
    pub kind: String,
    pub created: Timestamp,
    pub livemode: bool,
    /// The version its object is written in.
    pub api_version: Option<String>,
    /// Another account than ours, which ours acts for (Stripe Connect).
    pub account: Option<String>,
    pub customer: Option<CustomerId>,
    /// The organisation that its object names. Never selects one: it is compared (check W07).
    pub organization: Option<String>,
}

/// Kinds after which the customer is looked at. Stripe: <https://docs.stripe.com/api/events/types>.
const HANDLED: [&str; 9] = [
    "checkout.session.completed",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.updated",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.voided",
];

/// What becomes of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The customer is looked at.
    Apply(CustomerId),
    /// Stored, and nothing else.
    Ignore,
    /// Stored, not applied, and people are told.
    Quarantine(Suspicion),
}

/// Why an event is not applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// Test events at a live product, or the other way round (check W02).
    OtherMode,
    /// An event of another account.
    OtherAccount,
    /// It names another organisation than the customer's (check W07).
    OtherOrganization,
}

impl Suspicion {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OtherMode => "other_mode",
            Self::OtherAccount => "other_account",
            Self::OtherOrganization => "other_organization",
        }
    }
}

/// What becomes of an event at a product of this mode.
pub fn judge(event: &ProviderEvent, livemode: bool) -> Verdict {
    if event.livemode != livemode {
        return Verdict::Quarantine(Suspicion::OtherMode);
    }
    if event.account.is_some() {
        return Verdict::Quarantine(Suspicion::OtherAccount);
    }
    match &event.customer {
        Some(customer) if HANDLED.contains(&event.kind.as_str()) => Verdict::Apply(customer.clone()),
        _ => Verdict::Ignore,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str) -> ProviderEvent {
        ProviderEvent {
            id: "evt_1".to_owned(),
            kind: kind.to_owned(),
            created: Timestamp::from_millis(0),
            livemode: false,
            api_version: None,
            account: None,
            customer: Some(CustomerId::from_trusted("cus_1")),
            organization: None,
        }
    }

    #[test]
    fn w01_the_six_kinds_of_the_mission_are_handled_and_an_unknown_one_is_not() {
        for kind in [
            "customer.subscription.created",
            "customer.subscription.updated",
            "customer.subscription.deleted",
            "invoice.paid",
            "invoice.payment_failed",
            "checkout.session.completed",
        ] {
            assert_eq!(judge(&event(kind), false), Verdict::Apply(CustomerId::from_trusted("cus_1")), "{kind}");
            let nobodys = ProviderEvent { customer: None, ..event(kind) };
            assert_eq!(judge(&nobodys, false), Verdict::Ignore, "{kind}");
        }
        for kind in ["product.updated", "customer.subscription", "invoice.paid.v2", "", "charge.succeeded"] {
            assert_eq!(judge(&event(kind), false), Verdict::Ignore, "{kind}");
        }
    }

    #[test]
    fn w02_another_mode_or_account_is_never_applied() {
        let paid = event("invoice.paid");
        assert_eq!(judge(&paid, true), Verdict::Quarantine(Suspicion::OtherMode));
        let connected = ProviderEvent { account: Some("acct_1".to_owned()), ..paid };
        assert_eq!(judge(&connected, false), Verdict::Quarantine(Suspicion::OtherAccount));
    }
}

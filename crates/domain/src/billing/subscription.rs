//! The state of a subscription, in Stripe's own words
//! (<https://docs.stripe.com/api/subscriptions/object#subscription_object-status>).

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Interval, Upcoming};
use crate::{SubscriptionId, Timestamp};

/// What an organisation subscribes to, as the payment provider last said (B-02).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub id: SubscriptionId,
    /// The slug of its plan in the catalogue; what the catalogue does not have grants nothing (check B08).
    pub plan: String,
    pub status: SubscriptionStatus,
    pub interval: Option<Interval>,
    pub seats: u32,
    pub current_period_end: Option<Timestamp>,
    pub trial_end: Option<Timestamp>,
    /// When it ends, if that is decided.
    pub cancel_at: Option<Timestamp>,
    pub upcoming: Upcoming,
}

impl Subscription {
    /// One seat, and nothing known of its times.
    pub fn new(id: SubscriptionId, plan: impl Into<String>, status: SubscriptionStatus) -> Self {
        Self {
            id,
            plan: plan.into(),
            status,
            interval: None,
            seats: 1,
            current_period_end: None,
            trial_end: None,
            cancel_at: None,
            upcoming: Upcoming::default(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubscriptionStatus {
    Incomplete,
    IncompleteExpired,
    Trialing,
    Active,
    PastDue,
    Canceled,
    Unpaid,
    Paused,
}

#[derive(Debug, Error)]
#[error("not a subscription status")]
pub struct UnknownStatus;

impl SubscriptionStatus {
    pub const ALL: [Self; 8] = [
        Self::Incomplete,
        Self::IncompleteExpired,
        Self::Trialing,
        Self::Active,
        Self::PastDue,
        Self::Canceled,
        Self::Unpaid,
        Self::Paused,
    ];

    /// The word of the API, as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::IncompleteExpired => "incomplete_expired",
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Canceled => "canceled",
            Self::Unpaid => "unpaid",
            Self::Paused => "paused",
        }
    }

    /// Whether its plan is in effect (check B08). What is overdue or unpaid keeps working until the
    /// reminders are over; what was never paid, is on hold or has ended does not.
    pub const fn grants(self) -> bool {
        matches!(self, Self::Trialing | Self::Active | Self::PastDue)
    }

    /// Whether it is paid for, or about to be: another one beside it would be paid twice.
    pub const fn goes_on(self) -> bool {
        matches!(self, Self::Trialing | Self::Active | Self::PastDue | Self::Unpaid | Self::Paused)
    }

    /// Whether nothing more comes of it: nothing is charged, and it can't come back.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Canceled | Self::IncompleteExpired)
    }

    /// The word for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Incomplete => "Waiting for the first payment",
            Self::IncompleteExpired => "Not started",
            Self::Trialing => "Trial",
            Self::Active => "Active",
            Self::PastDue => "Payment overdue",
            Self::Canceled => "Canceled",
            Self::Unpaid => "Unpaid",
            Self::Paused => "Paused",
        }
    }
}

impl FromStr for SubscriptionStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|s| s.as_str() == text).ok_or(UnknownStatus)
    }
}

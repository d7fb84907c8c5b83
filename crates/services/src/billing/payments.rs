//! The port to the payment provider. Implemented by `payments-stripe`.
//!
//! What must hold for an implementation: every call ends within
//! [`CALL_TIMEOUT`], carries the given idempotency key, and returns what the
//! provider said without repairing it; comparing is done here.

use std::time::Duration;

use async_trait::async_trait;
use domain::{
    CustomerId, OrgId, SubscriptionId, Timestamp,
    billing::{
        Interval, InvoiceSeen, Money, NextInvoice, SubscriptionSeen,
        checkout::{OpenCheckout, Order},
        event::ProviderEvent,
    },
};
use secrecy::SecretString;
use thiserror::Error;
use url::Url;

/// One call to the provider.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(4);

pub struct NewCustomer {
    pub org: OrgId,
    pub name: String,
    pub email: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    pub id: CustomerId,
    pub livemode: bool,
}

/// A session as the provider returned it. The URL opens somebody's billing: a secret.
pub struct PortalSession {
    pub customer: CustomerId,
    pub livemode: bool,
    pub url: SecretString,
    pub return_url: Option<String>,
}

/// A checkout to be made. All of it is ours but the plan's slug and the interval, which are of our catalogue.
pub struct NewCheckout<'a> {
    pub org: OrgId,
    pub customer: &'a CustomerId,
    /// By our catalogue: a price there that is another one is not sold.
    pub order: Order<'a>,
    pub success_url: Url,
    pub cancel_url: Url,
}

/// A running subscription that is to become something else.
#[derive(Clone, Copy, Debug)]
pub struct PlanChange<'a> {
    pub subscription: &'a SubscriptionId,
    /// The one item that it has.
    pub item: &'a str,
    pub plan: &'a str,
    pub interval: Interval,
    pub seats: u32,
}

/// At which price a seat is had.
#[derive(Clone, Copy, Debug)]
pub enum PriceWanted<'a> {
    /// The one that it has, by the provider's name.
    Kept(&'a str),
    /// What one seat costs by our catalogue, in the smallest unit: a price there that is another one is not
    /// sold.
    Sold { amount: i64, currency: &'a str },
}

/// What a change costs right now, as the provider works it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangePreview {
    /// The provider's name of the price that it was worked out with.
    pub price: String,
    /// Of the invoice that the change makes: what is charged, credit taken off.
    pub due: Money,
    /// Below zero: what stays as credit for the invoices after it.
    pub total: Money,
    pub lines: Vec<PreviewLine>,
    /// Up to when that pays.
    pub until: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewLine {
    /// In the provider's words, as on the invoice.
    pub what: String,
    pub amount: Money,
}

/// A checkout as the provider returned it. The URL is a secret.
pub struct CheckoutSession {
    pub customer: CustomerId,
    pub livemode: bool,
    pub url: SecretString,
    pub success_url: Option<String>,
}

/// What a customer has at the provider.
#[derive(Clone, Debug, Default)]
pub struct BillingSeen {
    /// Those that ended as well.
    pub subscriptions: Vec<SubscriptionSeen>,
    /// The newest hundred.
    pub invoices: Vec<InvoiceSeen>,
}

/// What became of a call. Carries nothing that the provider wrote beyond a code.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PaymentsError {
    #[error("no answer in time")]
    Timeout,
    #[error("out of reach")]
    Unreachable,
    /// 5xx, 409 (the same key is in flight) or 429: whether it acted is not known.
    #[error("status {0}")]
    Failed(u16),
    /// 4xx: it did nothing.
    #[error("refused with status {status}, code {code:?}")]
    Refused { status: u16, code: Option<String> },
    #[error("an answer that can't be read")]
    Unreadable,
    /// Read well, and not what was asked for.
    #[error("an answer that is not ours")]
    Mismatch,
    /// A plan of our catalogue is not there, or at another price.
    #[error("the catalogue was not pushed: run `portico plans push`")]
    NotPushed,
    /// It keeps failing, so it is left alone for a while: it did nothing.
    #[error("not asked, for it keeps failing")]
    NotAsked,
}

impl PaymentsError {
    /// The provider said that nothing happened.
    pub fn did_nothing(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::NotAsked)
    }

    /// The card was refused, or the bank asks for something first: nothing was changed.
    pub fn is_declined(&self) -> bool {
        matches!(self, Self::Refused { status: 402, .. })
    }

    /// As the audit trail stores it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::Failed(_) => "provider_failed",
            Self::Refused { .. } => "provider_refused",
            Self::Unreadable => "unreadable_answer",
            Self::Mismatch => "answer_mismatch",
            Self::NotPushed => "plans_not_pushed",
            Self::NotAsked => "provider_not_asked",
        }
    }
}

#[async_trait]
pub trait Payments: Send + Sync {
    /// Whether the configured key is of live mode.
    fn livemode(&self) -> bool;

    /// The version of the interface that is spoken; events in another are a sign of drift.
    fn api_version(&self) -> &'static str;

    /// What a delivery is about, if it can be read. Never fails on what is new in it.
    fn read_event(&self, body: &[u8]) -> Option<ProviderEvent>;

    /// What a customer has, as it is now.
    async fn billing_of(&self, customer: &CustomerId) -> Result<BillingSeen, PaymentsError>;

    /// What a subscription is billed next, if anything. Without one Stripe previews nothing (since
    /// 2025-03-31.basil).
    async fn next_invoice(&self, subscription: &SubscriptionId) -> Result<Option<NextInvoice>, PaymentsError>;

    async fn create_customer(&self, new: &NewCustomer, idempotency_key: &str) -> Result<Customer, PaymentsError>;

    /// The customer that was made for `org` at or after `since`, if there is one.
    async fn find_customer(&self, org: OrgId, since: Timestamp) -> Result<Option<Customer>, PaymentsError>;

    async fn create_portal_session(
        &self,
        customer: &CustomerId,
        return_url: &Url,
        idempotency_key: &str,
    ) -> Result<PortalSession, PaymentsError>;

    /// The customer's checkouts that can still be paid.
    async fn open_checkouts(&self, customer: &CustomerId) -> Result<Vec<OpenCheckout>, PaymentsError>;

    async fn checkout(&self, id: &str) -> Result<CheckoutSession, PaymentsError>;

    async fn create_checkout(
        &self,
        new: &NewCheckout<'_>,
        idempotency_key: &str,
    ) -> Result<CheckoutSession, PaymentsError>;

    /// Nobody can pay it from then on. [`PaymentsError::Refused`] when it was paid, or had ended.
    async fn expire_checkout(&self, id: &str) -> Result<(), PaymentsError>;

    /// What a change would cost that is counted from `at`; changes nothing.
    async fn preview_change(
        &self,
        change: &PlanChange<'_>,
        wanted: PriceWanted<'_>,
        at: Timestamp,
    ) -> Result<ChangePreview, PaymentsError>;

    /// Changes at once to `price` (as the preview names it), counted from `at`, and has it paid; answers what
    /// was due. When it can't be paid, nothing is changed: [`PaymentsError::is_declined`]. One call.
    async fn change_plan(
        &self,
        change: &PlanChange<'_>,
        price: &str,
        at: Timestamp,
        idempotency_key: &str,
    ) -> Result<Money, PaymentsError>;

    /// Changes when the period is over, in place of what is to change then. `schedule` is the one there is.
    async fn schedule_change(
        &self,
        change: &PlanChange<'_>,
        wanted: PriceWanted<'_>,
        schedule: Option<&str>,
        idempotency_key: &str,
    ) -> Result<(), PaymentsError>;

    /// Leaves a subscription as it is when its period is over.
    async fn release_schedule(&self, schedule: &str) -> Result<(), PaymentsError>;

    /// It does not end, however that was decided. [`PaymentsError::Mismatch`] when it ends all the same.
    async fn keep_subscription(&self, subscription: &SubscriptionId) -> Result<(), PaymentsError>;
}

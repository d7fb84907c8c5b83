//! What a human must look at: an error line with `alert=<kind>` and the counter
//! `portico_alerts_total{kind=…}`. Neither ever carries a secret, a URL of a
//! hosted page, or what the provider wrote.

use domain::{OrgId, UserId, billing::HostedMismatch};
use uuid::Uuid;

use crate::billing::PaymentsError;

#[derive(Clone, Copy, Debug)]
pub enum Alert<'a> {
    /// The provider answered for somebody else, or sent people elsewhere (P-04).
    PortalMismatch { org: OrgId, mismatch: HostedMismatch },
    /// The same of a checkout.
    CheckoutMismatch { org: OrgId, mismatch: HostedMismatch },
    /// The customer stored for an organisation is of the other mode, or its creation answered so.
    CustomerMismatch { org: OrgId },
    /// The provider does not do what it is asked.
    PaymentsFailed { org: OrgId, call: &'static str, error: &'a PaymentsError },
    /// Something that was to be done outside can't be done: a mail refused for good, say.
    OutboxParked { row: Uuid, kind: &'a str, why: &'a str },
    /// Somebody's time to be deleted has come, and an organisation of theirs is in the way.
    DeletionPutOff { user: UserId },
    /// An organisation's time has come, and a subscription of it goes on.
    OrganizationPutOff { org: OrgId },
    /// An event is kept and not applied: of another mode, account or organisation, or unreadable.
    EventQuarantined { event: &'a str, why: &'a str },
    /// An event was tried for days.
    EventParked { event: &'a str, why: &'a str },
    /// Events wait for longer than they should.
    EventsStuck { waiting: u64, oldest_seconds: i64 },
    /// Events come in another version than the product is made for.
    EventVersion { version: &'a str, expected: &'a str },
    /// A delivery that the provider signed is of a time too far from ours.
    WebhookClock,
    /// A subscription of an organisation's customer names another organisation.
    SubscriptionNamesAnother { org: OrgId },
    /// Two subscriptions go on: money is taken twice.
    SubscribedTwice { org: OrgId },
    /// Billing differed from the provider's, and no event had told us.
    Drift { org: OrgId },
    /// A change of a plan was billed otherwise than it was shown.
    ChangeMismatch { org: OrgId, shown: i64, billed: i64 },
    /// Somebody pays for a plan that the catalogue does not have.
    UnknownPlan { org: OrgId },
}

impl Alert<'_> {
    /// Every kind, in a few words for a mail; what to do is in docs/operations.md.
    pub const KINDS: [(&'static str, &'static str); 17] = [
        ("portal_mismatch", "A portal page was not the one that was asked for. Nobody was sent there."),
        ("checkout_mismatch", "A checkout page was not the one that was asked for. Nobody was sent there."),
        ("customer_mismatch", "A customer at the payment provider is of the other mode, or another organization's."),
        ("payments_failed", "The payment provider did not do what it was asked."),
        ("outbox_parked", "Something was to be done outside, such as a mail, and is given up."),
        ("deletion_put_off", "An account can't be deleted: an organization is in the way."),
        ("organization_put_off", "An organization can't be deleted: its subscription goes on."),
        ("event_quarantined", "An event of the payment provider is kept and not applied."),
        ("event_parked", "An event of the payment provider was tried for days, and is given up."),
        ("events_stuck", "Events of the payment provider wait for longer than they should."),
        ("event_version", "Events come in another version of the interface than this product is made for."),
        ("webhook_clock", "A signed delivery is of a time too far from ours: a clock is wrong, or it was replayed."),
        ("subscription_names_another", "A subscription names another organization than its customer's."),
        ("subscribed_twice", "Two subscriptions of one organization go on: money is taken twice."),
        ("drift", "Billing differed from the payment provider's, and was set right."),
        ("unknown_plan", "Somebody pays for a plan that plans.toml does not have."),
        ("change_mismatch", "A change of a plan was billed otherwise than it was shown."),
    ];

    pub const fn kind(&self) -> &'static str {
        match self {
            Self::PortalMismatch { .. } => "portal_mismatch",
            Self::CheckoutMismatch { .. } => "checkout_mismatch",
            Self::CustomerMismatch { .. } => "customer_mismatch",
            Self::PaymentsFailed { .. } => "payments_failed",
            Self::OutboxParked { .. } => "outbox_parked",
            Self::DeletionPutOff { .. } => "deletion_put_off",
            Self::OrganizationPutOff { .. } => "organization_put_off",
            Self::EventQuarantined { .. } => "event_quarantined",
            Self::EventParked { .. } => "event_parked",
            Self::EventsStuck { .. } => "events_stuck",
            Self::EventVersion { .. } => "event_version",
            Self::WebhookClock => "webhook_clock",
            Self::SubscriptionNamesAnother { .. } => "subscription_names_another",
            Self::SubscribedTwice { .. } => "subscribed_twice",
            Self::Drift { .. } => "drift",
            Self::UnknownPlan { .. } => "unknown_plan",
            Self::ChangeMismatch { .. } => "change_mismatch",
        }
    }
}

/// Who hears of it.
pub trait Alerts: Send + Sync {
    fn raise(&self, alert: &Alert<'_>);
}

/// The error line and the counter.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogAndCount;

impl LogAndCount {
    /// Every kind at zero, so that the first alert of a kind is seen as an increase.
    pub fn begin() {
        for (kind, _) in Alert::KINDS {
            metrics::counter!("portico_alerts_total", "kind" => kind).increment(0);
        }
    }
}

impl Alerts for LogAndCount {
    fn raise(&self, alert: &Alert<'_>) {
        let kind = alert.kind();
        metrics::counter!("portico_alerts_total", "kind" => kind).increment(1);
        match alert {
            Alert::PortalMismatch { org, mismatch } | Alert::CheckoutMismatch { org, mismatch } => {
                tracing::error!(alert = kind, %org, %mismatch, "the payment provider's answer is not ours; nobody was sent there");
            }
            Alert::ChangeMismatch { org, shown, billed } => {
                tracing::error!(alert = kind, %org, shown, billed, "a change of a plan was billed otherwise than it was shown");
            }
            Alert::CustomerMismatch { org } => {
                tracing::error!(alert = kind, %org, "the customer is not one we can use: another mode (live or test), or another organization's");
            }
            Alert::PaymentsFailed { org, call, error } => {
                tracing::error!(alert = kind, %org, call, %error, "the payment provider failed");
            }
            Alert::OutboxParked { row, kind: what, why } => {
                tracing::error!(alert = kind, %row, what, why, "it can't be done and is not tried again");
            }
            Alert::OrganizationPutOff { org } => {
                tracing::error!(alert = kind, %org, "an organization can't be deleted: its subscription goes on");
            }
            Alert::EventQuarantined { event, why } => {
                tracing::error!(alert = kind, event, why, "an event of the payment provider is not applied");
            }
            Alert::EventParked { event, why } => {
                tracing::error!(
                    alert = kind,
                    event,
                    why,
                    "an event of the payment provider can't be applied and is not tried again"
                );
            }
            Alert::EventsStuck { waiting, oldest_seconds } => {
                tracing::error!(
                    alert = kind,
                    waiting,
                    oldest_seconds,
                    "events of the payment provider wait to be applied"
                );
            }
            Alert::EventVersion { version, expected } => {
                tracing::error!(
                    alert = kind,
                    version,
                    expected,
                    "the webhook endpoint at the payment provider sends another version than this product is made for"
                );
            }
            Alert::WebhookClock => {
                tracing::error!(
                    alert = kind,
                    "a delivery is signed, and its time is more than five minutes from ours: a clock is wrong, or it was replayed"
                );
            }
            Alert::SubscriptionNamesAnother { org } => {
                tracing::error!(alert = kind, %org, "a subscription of this organization's customer names another organization, and is not counted");
            }
            Alert::SubscribedTwice { org } => {
                tracing::error!(alert = kind, %org, "two subscriptions of this organization go on at the payment provider");
            }
            Alert::Drift { org } => {
                tracing::error!(alert = kind, %org, "billing differed from the payment provider's, and no event had told us; it is set right");
            }
            Alert::UnknownPlan { org } => {
                tracing::error!(alert = kind, %org, "the subscription's plan is not in plans.toml: it grants nothing");
            }
            Alert::DeletionPutOff { user } => {
                tracing::error!(alert = kind, %user, "an account can't be deleted: an organization would be left without an owner, or its subscription goes on");
            }
        }
    }
}

//! What a human must look at: an error line with `alert=<kind>` and the counter
//! `portico_alerts_total{kind=…}`. Neither ever carries a secret, a URL of a
//! hosted page, or what the provider wrote.

use domain::{OrgId, UserId, billing::PortalMismatch};
use uuid::Uuid;

use crate::billing::PaymentsError;

#[derive(Clone, Copy, Debug)]
pub enum Alert<'a> {
    /// The provider answered for somebody else, or sent people elsewhere (P-04).
    PortalMismatch { org: OrgId, mismatch: PortalMismatch },
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
}

impl Alert<'_> {
    pub const KINDS: [&'static str; 6] = [
        "portal_mismatch",
        "customer_mismatch",
        "payments_failed",
        "outbox_parked",
        "deletion_put_off",
        "organization_put_off",
    ];

    pub const fn kind(&self) -> &'static str {
        match self {
            Self::PortalMismatch { .. } => "portal_mismatch",
            Self::CustomerMismatch { .. } => "customer_mismatch",
            Self::PaymentsFailed { .. } => "payments_failed",
            Self::OutboxParked { .. } => "outbox_parked",
            Self::DeletionPutOff { .. } => "deletion_put_off",
            Self::OrganizationPutOff { .. } => "organization_put_off",
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
        for kind in Alert::KINDS {
            metrics::counter!("portico_alerts_total", "kind" => kind).increment(0);
        }
    }
}

impl Alerts for LogAndCount {
    fn raise(&self, alert: &Alert<'_>) {
        let kind = alert.kind();
        metrics::counter!("portico_alerts_total", "kind" => kind).increment(1);
        match alert {
            Alert::PortalMismatch { org, mismatch } => {
                tracing::error!(alert = kind, %org, %mismatch, "the payment provider's answer is not ours; nobody was sent there");
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
            Alert::DeletionPutOff { user } => {
                tracing::error!(alert = kind, %user, "an account can't be deleted: an organization would be left without an owner, or its subscription goes on");
            }
        }
    }
}

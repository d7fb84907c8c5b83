//! Every mail that Portico writes: what it says, not how. The words are the mailer's.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

/// One mail. Links are absolute and may hold a token: a letter waits sealed in the outbox.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Letter {
    /// Somebody signs up with this address (A-02 of the walk: confirm to finish).
    ConfirmRegistration {
        name: String,
        organization: String,
        link: String,
    },
    /// Somebody signs up with the address of an account that is there (check R01).
    AlreadyRegistered {
        name: String,
        sign_in: String,
        reset: String,
    },
    /// A way to choose a new password.
    ResetPassword {
        name: String,
        link: String,
    },
    /// A reset was asked for, and there is no account (check R01): says so to the mailbox only.
    NoAccountToReset {
        sign_up: String,
    },
    PasswordChanged {
        name: String,
        at: Timestamp,
        address: Option<String>,
        reset: String,
    },
    /// To the new address: confirm it.
    ConfirmEmailChange {
        name: String,
        link: String,
    },
    /// To the new address, which another account has.
    EmailTaken {
        sign_in: String,
        reset: String,
    },
    /// To the previous address (check L06).
    EmailChanged {
        name: String,
        new_email: String,
        at: Timestamp,
        reset: String,
    },
    /// A sign-in from a browser not seen before.
    NewDevice {
        name: String,
        device: String,
        address: Option<String>,
        at: Timestamp,
        sessions: String,
    },
    /// A way to sign in was added or removed: "Google", "a passkey", "an authenticator app".
    SignInMethodAdded {
        name: String,
        method: String,
        at: Timestamp,
        review: String,
    },
    SignInMethodRemoved {
        name: String,
        method: String,
        at: Timestamp,
        review: String,
    },
    /// Few recovery codes are left, or one was used.
    RecoveryCodeUsed {
        name: String,
        left: u32,
        at: Timestamp,
        review: String,
    },
    /// Somebody is invited into an organisation.
    Invitation {
        inviter: String,
        organization: String,
        role: String,
        link: String,
    },
    /// Somebody is something else in an organisation from now on.
    RoleChanged {
        name: String,
        organization: String,
        role: String,
        link: String,
    },
    RemovedFromOrganization {
        name: String,
        organization: String,
    },
    /// To the owners: one of them got in outside the hours or addresses.
    GlassBroken {
        name: String,
        who: String,
        organization: String,
        at: Timestamp,
        until: Timestamp,
        address: Option<String>,
        review: String,
    },
    /// To the owners: it is closed, and deleted at `due`.
    OrganizationClosing {
        name: String,
        who: String,
        organization: String,
        due: Timestamp,
        keep: String,
    },
    OrganizationReopened {
        name: String,
        who: String,
        organization: String,
        link: String,
    },
    OrganizationDeleted {
        name: String,
        organization: String,
    },
    /// To those who run the product (W-07).
    OperatorAlert {
        kind: String,
        what: String,
        at: Timestamp,
    },
    /// To the owners: an invoice was paid (L-08).
    Receipt {
        name: String,
        organization: String,
        amount: String,
        number: Option<String>,
        at: Timestamp,
        link: String,
    },
    /// To the owners: a payment did not go through (L-09).
    PaymentFailed {
        name: String,
        organization: String,
        amount: String,
        again: Option<Timestamp>,
        link: String,
    },
    /// An operator acts as them.
    Impersonated {
        name: String,
        organization: String,
        reason: String,
        at: Timestamp,
        until: Timestamp,
    },
    DeletionScheduled {
        name: String,
        due: Timestamp,
        keep: String,
    },
    DeletionCancelled {
        name: String,
    },
    AccountDeleted {
        name: String,
    },
}

/// Says which letter it is and nothing that is in it: links are secrets.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Letter {
    /// For logs, metrics and the operators' console.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ConfirmRegistration { .. } => "confirm_registration",
            Self::AlreadyRegistered { .. } => "already_registered",
            Self::ResetPassword { .. } => "reset_password",
            Self::NoAccountToReset { .. } => "no_account_to_reset",
            Self::PasswordChanged { .. } => "password_changed",
            Self::ConfirmEmailChange { .. } => "confirm_email_change",
            Self::EmailTaken { .. } => "email_taken",
            Self::EmailChanged { .. } => "email_changed",
            Self::NewDevice { .. } => "new_device",
            Self::SignInMethodAdded { .. } => "sign_in_method_added",
            Self::SignInMethodRemoved { .. } => "sign_in_method_removed",
            Self::RecoveryCodeUsed { .. } => "recovery_code_used",
            Self::Invitation { .. } => "invitation",
            Self::RoleChanged { .. } => "role_changed",
            Self::RemovedFromOrganization { .. } => "removed_from_organization",
            Self::GlassBroken { .. } => "glass_broken",
            Self::OrganizationClosing { .. } => "organization_closing",
            Self::OrganizationReopened { .. } => "organization_reopened",
            Self::OrganizationDeleted { .. } => "organization_deleted",
            Self::OperatorAlert { .. } => "operator_alert",
            Self::Receipt { .. } => "receipt",
            Self::PaymentFailed { .. } => "payment_failed",
            Self::Impersonated { .. } => "impersonated",
            Self::DeletionScheduled { .. } => "deletion_scheduled",
            Self::DeletionCancelled { .. } => "deletion_cancelled",
            Self::AccountDeleted { .. } => "account_deleted",
        }
    }
}

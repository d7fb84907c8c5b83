//! What a form leaves for the page that comes after it: stored for a few minutes,
//! read once. Never a password or a token; a code only sealed.

use std::collections::BTreeMap;

use domain::{
    form::{Field, Problem},
    projects::PostBody,
};
use serde::{Deserialize, Serialize};
use services::second_factors::SealedCodes;

use crate::error::AppError;

/// The forms that come back when they are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    SignIn,
    SignUp,
    ConfirmRegistration,
    ForgotPassword,
    ResetPassword,
    ChangePassword,
    ChangeEmail,
    Profile,
    ConfirmItIsYou,
    CompleteSignUp,
    AcceptLink,
    SignInMethods,
    SecondFactor,
    RecoveryCode,
    SetUpTotp,
    Passkey,
    RenamePasskey,
    DeleteAccount,
    AccessRules,
    Organization,
    DeleteOrganization,
    ExportAudit,
    AuditRetention,
    CreateProject,
    RenameProject,
    DeleteProject,
    Post,
    Members,
    Invite,
    Join,
    Checkout,
    ChangePlan,
    Impersonate,
}

/// Something that went well, said on the next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    SignedOut,
    /// The second step of signing in came too late.
    SignInExpired,
    /// A reset was asked for; whether an account exists is said in the mail only (check R01).
    ResetMailSent,
    ConfirmationResent,
    PasswordReset,
    PasswordChanged,
    EmailChangeMailSent,
    EmailChanged,
    ProfileSaved,
    SignInMethodLinked,
    SignInMethodRemoved,
    SecondFactorOn,
    SecondFactorOff,
    RecoveryCodesRenewed,
    PasskeyAdded,
    PasskeyRemoved,
    SessionEnded,
    OtherSessionsEnded,
    DeletionScheduled,
    DeletionCancelled,
    OrganizationSecurityChanged,
    GlassBroken,
    OrganizationUpdated,
    OrganizationClosing,
    OrganizationReopened,
    AuditRetentionChanged,
    ProjectCreated,
    ProjectRenamed,
    ProjectDeleted,
    PostSaved,
    PostDeleted,
    RoleChanged,
    MemberRemoved,
    OrganizationLeft,
    OwnershipTransferred,
    Invited,
    InvitationResent,
    InvitationRevoked,
    InvitationDeclined,
    Joined,
    PlanChanged,
    PlanChangeScheduled,
    PlanKept,
    EventReplayed,
    EventIgnored,
    EventQuarantined,
    MailSentAgain,
    FlagSwitched,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flash {
    Form(Refused),
    Notice(Notice),
    /// For the page that shows them once.
    RecoveryCodes(SealedCodes),
}

/// A refused form, with what was typed into its other fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub form: Form,
    pub typed: BTreeMap<Field, String>,
    pub error: AppError,
}

/// The longest text that is carried back of one field, in characters.
const fn carried(field: Field) -> usize {
    match field {
        Field::Addresses => 4_000,
        Field::Body => PostBody::MAX_CHARS + 1,
        _ => 254,
    }
}

impl Refused {
    pub fn new(form: Form, typed: &[(Field, &str)], error: AppError) -> Self {
        let typed = typed
            .iter()
            .filter(|(field, _)| {
                !matches!(field, Field::Password | Field::NewPassword | Field::Code | Field::RecoveryCode)
            })
            .map(|(field, text)| (*field, text.chars().take(carried(*field)).collect()))
            .collect();
        Self { form, typed, error }
    }

    pub fn typed(&self, field: Field) -> String {
        self.typed.get(&field).cloned().unwrap_or_default()
    }

    /// What is wrong with one field.
    pub fn problem(&self, field: Field) -> Option<Problem> {
        match &self.error {
            AppError::Invalid(problems) => {
                problems.iter().find(|(name, _)| *name == field).map(|(_, problem)| *problem)
            }
            _ => None,
        }
    }
}

impl Flash {
    /// The refused form, if it is this one.
    pub fn refused(self, form: Form) -> Option<Refused> {
        match self {
            Self::Form(refused) if refused.form == form => Some(refused),
            _ => None,
        }
    }

    pub const fn notice(&self) -> Option<Notice> {
        match self {
            Self::Notice(notice) => Some(*notice),
            Self::Form(_) | Self::RecoveryCodes(_) => None,
        }
    }
}

impl Notice {
    pub const fn words(self) -> &'static str {
        match self {
            Self::SignedOut => "You are signed out.",
            Self::SignInExpired => "That took too long, for your safety. Please sign in once more.",
            Self::ResetMailSent => {
                "If that address has an account, a mail with a link is on its way. It is good for one hour."
            }
            Self::ConfirmationResent => "Sent again. Both mails are good; open the one that arrives.",
            Self::PasswordReset => "Your new password is set, and everybody was signed out. Sign in with it now.",
            Self::PasswordChanged => "Your password is changed. Other browsers were signed out.",
            Self::EmailChangeMailSent => {
                "We sent a mail to the new address. Open its link to finish; until then nothing changes."
            }
            Self::EmailChanged => "Your address is changed. Use it the next time you sign in.",
            Self::ProfileSaved | Self::OrganizationUpdated | Self::ProjectRenamed | Self::PostSaved => "Saved.",
            Self::SignInMethodLinked => "Linked. You can sign in with it from now on.",
            Self::SignInMethodRemoved => "Removed. It no longer opens your account.",
            Self::SecondFactorOn => "Two-factor sign-in is on.",
            Self::SecondFactorOff => "The authenticator app is removed.",
            Self::RecoveryCodesRenewed => "You have new recovery codes. The old ones no longer work.",
            Self::PasskeyAdded => "The passkey is added.",
            Self::PasskeyRemoved => "The passkey is removed.",
            Self::SessionEnded => "That browser is signed out.",
            Self::OtherSessionsEnded => "All other browsers are signed out.",
            Self::DeletionScheduled => {
                "Your account is closed, and will be deleted in 14 days. Sign in within that time to keep it."
            }
            Self::DeletionCancelled => "Your account stays.",
            Self::OrganizationSecurityChanged | Self::AuditRetentionChanged => "Saved. It holds from now on.",
            Self::OrganizationClosing => "It is closed, and every owner was told by mail.",
            Self::OrganizationReopened => "It stays, and is open again. Every owner was told by mail.",
            Self::ProjectCreated => "Here is your project. Write its first post.",
            Self::ProjectDeleted => "The project is deleted.",
            Self::PostDeleted => "The post is deleted.",
            Self::RoleChanged => "The role is changed. It holds from now on.",
            Self::MemberRemoved => "They are out. It holds from now on.",
            Self::OrganizationLeft => "You left. To come back, somebody has to invite you.",
            Self::OwnershipTransferred => "It is theirs now. You are an Admin from now on.",
            Self::Invited => "The invitation is on its way. It is good for seven days.",
            Self::InvitationResent => "Sent again. The link in the mail before no longer works.",
            Self::InvitationRevoked => "The invitation is taken back. Its link no longer works.",
            Self::InvitationDeclined => "You said no. Nothing has changed.",
            Self::Joined => "Welcome. You are in.",
            Self::PlanChanged => "Your plan has changed. You get the receipt by mail.",
            Self::PlanChangeScheduled => "Noted. Your plan changes when this period is over.",
            Self::PlanKept => "Your plan stays as it is.",
            Self::EventReplayed => "It waits, and is applied in a moment. Reload this page to see what came of it.",
            Self::EventIgnored => "Judged again: there is nothing to apply.",
            Self::EventQuarantined => "Judged again: it is as suspicious as before, and was not applied.",
            Self::MailSentAgain => "It is tried in a moment. If it fails again, it comes back to this list.",
            Self::FlagSwitched => "Every node follows within a second.",
            Self::GlassBroken => "You are in for an hour. Every owner was told by mail.",
        }
    }
}

//! The audit trail's vocabulary (P-10): closed, so that a filter can list it.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name { $($variant),* }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// As stored.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// As people read it.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),* }
            }

            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|w| w.as_str() == word)
            }
        }
    };
}

words!(
    /// What was attempted: the outcome says whether it happened.
    AuditAction {
        SignIn = "sign_in", "Sign in";
        SignOut = "sign_out", "Sign out";
        SignUp = "account.sign_up", "Sign up";
        CreateAccount = "account.create", "Create account";
        AskPasswordReset = "password.ask_reset", "Ask for a password reset";
        ResetPassword = "password.reset", "Reset password";
        ChangePassword = "password.change", "Change password";
        AskEmailChange = "email.ask_change", "Ask to change email";
        ChangeEmail = "email.change", "Change email";
        LinkIdentity = "sign_in_method.link", "Link a way to sign in";
        UnlinkIdentity = "sign_in_method.unlink", "Unlink a way to sign in";
        ConfirmIdentity = "identity.confirm", "Confirm identity";
        SecondFactor = "sign_in.second_factor", "Second factor";
        AddSecondFactor = "second_factor.add", "Add second factor";
        RemoveSecondFactor = "second_factor.remove", "Remove second factor";
        RenewRecoveryCodes = "recovery_codes.renew", "Renew recovery codes";
        ChangeSecurity = "organization.security", "Change security settings";
        ChangeRole = "member.role", "Change a role";
        RemoveMember = "member.remove", "Remove a member";
        LeaveOrganization = "member.leave", "Leave the organization";
        UpdateOrganization = "organization.update", "Change name or address";
        CloseOrganization = "organization.close", "Ask for the organization's deletion";
        ReopenOrganization = "organization.reopen", "Keep the organization";
        DeleteOrganization = "organization.delete", "Delete the organization";
        ExportOrganization = "organization.export", "Export the organization's data";
        TransferOwnership = "organization.transfer", "Hand over the ownership";
        Invite = "invitation.send", "Invite somebody";
        RevokeInvitation = "invitation.revoke", "Take back an invitation";
        AcceptInvitation = "invitation.accept", "Accept an invitation";
        DeclineInvitation = "invitation.decline", "Decline an invitation";
        ChangeAccessRules = "organization.access_rules", "Change when and from where it may be used";
        BreakGlass = "organization.break_glass", "Get in outside the hours or addresses";
        CreateProject = "project.create", "Begin a project";
        RenameProject = "project.rename", "Rename a project";
        DeleteProject = "project.delete", "Delete a project";
        CreatePost = "post.create", "Write a post";
        UpdatePost = "post.update", "Change a post";
        DeletePost = "post.delete", "Delete a post";
        ExportAudit = "audit.export", "Export the audit log";
        SetAuditRetention = "audit.retention", "Change how long the audit log is kept";
        OpenBillingPortal = "billing_portal.open", "Open billing portal";
        CreateCustomer = "billing.create_customer", "Set up billing";
        StartCheckout = "billing.checkout", "Begin to buy a plan";
        ChangePlan = "billing.change_plan", "Change the plan";
        KeepPlan = "billing.keep_plan", "Keep the plan";
        ChangeSubscription = "billing.subscription", "Change the subscription";
        ChangeProfile = "account.profile", "Change profile";
        EndSession = "session.end", "Sign out a browser";
        EndOtherSessions = "session.end_others", "Sign out all other browsers";
        ExportData = "account.export", "Export one's data";
        ScheduleDeletion = "account.schedule_deletion", "Ask for the account's deletion";
        CancelDeletion = "account.cancel_deletion", "Keep the account";
        DeleteAccount = "account.delete", "Delete an account";
        SetFlag = "flag.set", "Change feature flag";
        AddStaff = "staff.add", "Make an operator";
        RemoveStaff = "staff.remove", "Remove an operator";
        ReplayEvent = "billing_event.replay", "Apply a billing event again";
        ResendMail = "mail.resend", "Send a failed mail again";
        Impersonate = "impersonation.begin", "Act as a member, for support";
        EndImpersonation = "impersonation.end", "Stop acting as a member";
    }
);

words!(
    /// How it ended.
    AuditOutcome {
        Done = "done", "Done";
        Refused = "refused", "Refused";
        Failed = "failed", "Failed";
    }
);

//! Every way in, and what it takes to pass: pages, actions, addresses for machines, jobs.
//!
//! What must hold: this list is complete, and it is what really happens. `server/tests/it/matrix.rs`
//! compares it with what the framework, the router and the runner have, and asks every door as
//! everybody; a way in that is not here fails it (check T01). `docs/authorization.md` is made of it.

use policy::Action;

/// What it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it shows and changes nothing of anybody's, or what is sent along is the proof (a password).
    Nothing,
    /// A link from a mail, or a way in that was begun in this browser: a cookie carries it.
    Link,
    /// Somebody signed in, about themselves.
    Session,
    /// A member of the organisation that is named, whom the policy allows this.
    May(Action),
    /// The person an invitation is for.
    Invitation,
    /// It is there in development only.
    Development,
    /// One of the product's staff, with a second factor. For everybody else it is not there.
    Staff,
    /// A signature of the payment provider over what is sent.
    Signature,
    /// No request leads here: the product itself.
    System,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Read with GET.
    Page,
    /// A form, sent with POST.
    Action,
    /// For machines.
    Endpoint,
    /// Done again and again.
    Job,
}

#[derive(Clone, Copy, Debug)]
pub struct Door {
    pub kind: Kind,
    /// A path as the router has it, or a job's name.
    pub path: &'static str,
    pub needs: Needs,
}

const fn page(path: &'static str, needs: Needs) -> Door {
    Door { kind: Kind::Page, path, needs }
}

const fn action(path: &'static str, needs: Needs) -> Door {
    Door { kind: Kind::Action, path, needs }
}

const fn endpoint(path: &'static str, needs: Needs) -> Door {
    Door { kind: Kind::Endpoint, path, needs }
}

const fn job(path: &'static str) -> Door {
    Door { kind: Kind::Job, path, needs: Needs::System }
}

/// All of them, each kind by path.
pub const DOORS: &[Door] = &[
    page("/", Needs::Nothing),
    page("/account", Needs::Session),
    page("/account/confirm", Needs::Session),
    page("/account/data", Needs::Session),
    page("/account/email", Needs::Session),
    page("/account/password", Needs::Session),
    page("/account/sessions", Needs::Session),
    page("/account/sign-in-methods", Needs::Session),
    page("/account/two-factor", Needs::Session),
    page("/account/two-factor/authenticator", Needs::Session),
    page("/account/two-factor/recovery-codes", Needs::Session),
    page("/admin", Needs::Staff),
    page("/admin/events", Needs::Staff),
    page("/admin/events/{event}", Needs::Staff),
    page("/admin/flags", Needs::Staff),
    page("/admin/mail", Needs::Staff),
    page("/admin/organizations", Needs::Staff),
    page("/admin/organizations/{organization}", Needs::Staff),
    page("/admin/organizations/{organization}/members/{member}", Needs::Staff),
    page("/auth/{provider}/callback", Needs::Link),
    page("/auth/{provider}/confirm", Needs::Link),
    page("/forgot-password", Needs::Nothing),
    page("/impersonation", Needs::Link),
    page("/invitations", Needs::Link),
    page("/keep-account", Needs::Link),
    page("/o/{org}", Needs::May(Action::ReadOrganization)),
    page("/o/{org}/break-glass", Needs::May(Action::BreakGlass)),
    page("/o/{org}/closing", Needs::May(Action::RestoreOrganization)),
    page("/o/{org}/projects", Needs::May(Action::ReadProjects)),
    page("/o/{org}/projects/{project}", Needs::May(Action::ReadPosts)),
    page("/o/{org}/projects/{project}/posts/new", Needs::May(Action::CreatePost)),
    page("/o/{org}/projects/{project}/posts/{post}", Needs::May(Action::ReadPosts)),
    page("/o/{org}/projects/{project}/posts/{post}/edit", Needs::May(Action::UpdatePost)),
    page("/o/{org}/settings", Needs::May(Action::ReadOrganization)),
    page("/o/{org}/settings/audit", Needs::May(Action::ReadAudit)),
    page("/o/{org}/settings/billing", Needs::May(Action::ReadBilling)),
    page("/o/{org}/settings/billing/change", Needs::May(Action::ManageBilling)),
    page("/o/{org}/settings/billing/invoices", Needs::May(Action::ReadBilling)),
    page("/o/{org}/settings/billing/plans", Needs::May(Action::ReadBilling)),
    page("/o/{org}/settings/members", Needs::May(Action::ReadMembers)),
    page("/o/{org}/settings/security", Needs::May(Action::ManageSecurity)),
    page("/pricing", Needs::Nothing),
    page("/reset-password", Needs::Link),
    page("/sign-in", Needs::Nothing),
    page("/sign-in/link", Needs::Link),
    page("/sign-in/second-factor", Needs::Link),
    page("/sign-up", Needs::Nothing),
    page("/sign-up/check-mail", Needs::Link),
    page("/sign-up/complete", Needs::Link),
    page("/verify-email", Needs::Link),
    action("/api/account/add-passkey", Needs::Session),
    action("/api/account/ask-passkey", Needs::Session),
    action("/api/account/begin-totp", Needs::Session),
    action("/api/account/change-email", Needs::Session),
    action("/api/account/change-password", Needs::Session),
    action("/api/account/change-profile", Needs::Session),
    action("/api/account/confirm", Needs::Session),
    action("/api/account/confirm-by-passkey", Needs::Session),
    action("/api/account/confirm-email", Needs::Link),
    action("/api/account/confirm-totp", Needs::Session),
    action("/api/account/delete", Needs::Session),
    action("/api/account/end-other-sessions", Needs::Session),
    action("/api/account/end-session", Needs::Session),
    action("/api/account/export", Needs::Session),
    action("/api/account/keep", Needs::Link),
    action("/api/account/remove-passkey", Needs::Session),
    action("/api/account/remove-totp", Needs::Session),
    action("/api/account/rename-passkey", Needs::Session),
    action("/api/account/renew-recovery-codes", Needs::Session),
    action("/api/account/unlink", Needs::Session),
    action("/api/auth/accept-link", Needs::Link),
    action("/api/auth/ask-passkey", Needs::Nothing),
    action("/api/auth/complete-sign-up", Needs::Link),
    action("/api/auth/confirm-registration", Needs::Link),
    action("/api/auth/forgot-password", Needs::Nothing),
    action("/api/auth/passkey", Needs::Nothing),
    action("/api/auth/password-strength", Needs::Nothing),
    action("/api/auth/resend-confirmation", Needs::Link),
    action("/api/auth/reset-password", Needs::Link),
    action("/api/auth/second-factor", Needs::Link),
    action("/api/auth/second-factor-passkey", Needs::Link),
    action("/api/auth/sign-in", Needs::Nothing),
    action("/api/auth/sign-out", Needs::Nothing),
    action("/api/auth/sign-up", Needs::Nothing),
    action("/api/invitations/accept", Needs::Invitation),
    action("/api/invitations/decline", Needs::Invitation),
    action("/api/invitations/join", Needs::Link),
    action("/api/billing/change-plan", Needs::May(Action::ManageBilling)),
    action("/api/billing/keep-plan", Needs::May(Action::ManageBilling)),
    action("/api/billing/open-portal", Needs::May(Action::OpenBillingPortal)),
    action("/api/billing/start-checkout", Needs::May(Action::ManageBilling)),
    action("/api/console/impersonate", Needs::Staff),
    action("/api/console/replay-event", Needs::Staff),
    action("/api/console/send-mail", Needs::Staff),
    action("/api/console/switch-flag", Needs::Staff),
    action("/api/impersonation/end", Needs::Link),
    action("/api/orgs/break-glass", Needs::May(Action::BreakGlass)),
    action("/api/orgs/change-role", Needs::May(Action::ChangeMember)),
    action("/api/orgs/delete", Needs::May(Action::DeleteOrganization)),
    action("/api/orgs/export", Needs::May(Action::ExportOrganization)),
    action("/api/orgs/export-audit", Needs::May(Action::ReadAudit)),
    action("/api/orgs/invite", Needs::May(Action::ManageMembers)),
    action("/api/orgs/leave", Needs::May(Action::LeaveOrganization)),
    action("/api/orgs/remove-member", Needs::May(Action::RemoveMember)),
    action("/api/orgs/resend-invitation", Needs::May(Action::ManageMembers)),
    action("/api/orgs/revoke-invitation", Needs::May(Action::ManageMembers)),
    action("/api/orgs/restore", Needs::May(Action::RestoreOrganization)),
    action("/api/orgs/set-access-rules", Needs::May(Action::ManageSecurity)),
    action("/api/orgs/set-audit-retention", Needs::May(Action::ConfigureAudit)),
    action("/api/orgs/set-security", Needs::May(Action::ManageSecurity)),
    action("/api/orgs/transfer-ownership", Needs::May(Action::TransferOwnership)),
    action("/api/orgs/update", Needs::May(Action::UpdateOrganization)),
    action("/api/posts/create", Needs::May(Action::CreatePost)),
    action("/api/posts/delete", Needs::May(Action::DeletePost)),
    action("/api/posts/update", Needs::May(Action::UpdatePost)),
    action("/api/projects/create", Needs::May(Action::CreateProject)),
    action("/api/projects/delete", Needs::May(Action::DeleteProject)),
    action("/api/projects/rename", Needs::May(Action::UpdateProject)),
    action("/auth/github/start", Needs::Nothing),
    action("/auth/google/start", Needs::Nothing),
    action("/auth/microsoft/start", Needs::Nothing),
    endpoint("/dev/mail", Needs::Development),
    endpoint("/dev/mail/{id}", Needs::Development),
    endpoint("/dev/mail/{id}/html", Needs::Development),
    endpoint("/webhooks/stripe", Needs::Signature),
    endpoint("/healthz", Needs::Nothing),
    endpoint("/readyz", Needs::Nothing),
    endpoint("/favicon.svg", Needs::Nothing),
    endpoint("/robots.txt", Needs::Nothing),
    endpoint("/passkey.js", Needs::Nothing),
    endpoint("/fonts", Needs::Nothing),
    endpoint("/pkg", Needs::Nothing),
    // On an address of its own, loopback unless told otherwise.
    endpoint("/metrics", Needs::System),
    job("delete_accounts"),
    job("delete_organizations"),
    job("end_impersonations"),
    job("measure_billing_events"),
    job("measure_outbox"),
    job("reconcile_customers"),
    job("sweep_account_links"),
    job("sweep_audit_entries"),
    job("sweep_billing_events"),
    job("sweep_browsers"),
    job("sweep_counters"),
    job("sweep_flashes"),
    job("sweep_invitations"),
    job("sweep_login_flows"),
    job("sweep_outbox"),
    job("sweep_passkey_challenges"),
    job("sweep_registrations"),
    job("sweep_sessions"),
];

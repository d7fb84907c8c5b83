//! What can be asked for.

/// Everything that can be asked for. A variant without a permit is refused to everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    ReadOrganization,
    ReadMembers,
    ReadBilling,
    ReadAudit,
    ReadProjects,
    ReadPosts,
    /// Its name and its address.
    UpdateOrganization,
    DeleteOrganization,
    /// Take back its deletion.
    RestoreOrganization,
    ExportOrganization,
    /// Decide what it asks of its members' sign-in, and when and from where it may be used.
    ManageSecurity,
    /// How long the audit trail is kept.
    ConfigureAudit,
    /// Get in outside the hours or addresses, for a while, and audited.
    BreakGlass,
    /// Invite at all, see invitations, take them back.
    ManageMembers,
    LeaveOrganization,
    TransferOwnership,
    CreateProject,
    UpdateProject,
    DeleteProject,
    CreatePost,
    /// Make the organisation's customer at the payment provider (P-05).
    SetUpBilling,
    /// P-02.
    OpenBillingPortal,
    /// Choose what is paid for: subscribe, change the plan.
    ManageBilling,
    /// Give this role to somebody, by invitation or by change. On a [`crate::Resource::Membership`].
    GrantRole,
    /// Take this role from somebody, for another one.
    ChangeMember,
    RemoveMember,
    /// On a [`crate::Resource::Post`].
    UpdatePost,
    DeletePost,
}

impl Action {
    pub const ALL: [Self; 28] = [
        Self::ReadOrganization,
        Self::ReadMembers,
        Self::ReadBilling,
        Self::ReadAudit,
        Self::ReadProjects,
        Self::ReadPosts,
        Self::UpdateOrganization,
        Self::DeleteOrganization,
        Self::RestoreOrganization,
        Self::ExportOrganization,
        Self::ManageSecurity,
        Self::ConfigureAudit,
        Self::BreakGlass,
        Self::ManageMembers,
        Self::LeaveOrganization,
        Self::TransferOwnership,
        Self::CreateProject,
        Self::UpdateProject,
        Self::DeleteProject,
        Self::CreatePost,
        Self::SetUpBilling,
        Self::OpenBillingPortal,
        Self::ManageBilling,
        Self::GrantRole,
        Self::ChangeMember,
        Self::RemoveMember,
        Self::UpdatePost,
        Self::DeletePost,
    ];

    /// As the policies name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadOrganization => "read_organization",
            Self::ReadMembers => "read_members",
            Self::ReadBilling => "read_billing",
            Self::ReadAudit => "read_audit",
            Self::ReadProjects => "read_projects",
            Self::ReadPosts => "read_posts",
            Self::UpdateOrganization => "update_organization",
            Self::DeleteOrganization => "delete_organization",
            Self::RestoreOrganization => "restore_organization",
            Self::ExportOrganization => "export_organization",
            Self::ManageSecurity => "manage_security",
            Self::ConfigureAudit => "configure_audit",
            Self::BreakGlass => "break_glass",
            Self::ManageMembers => "manage_members",
            Self::LeaveOrganization => "leave_organization",
            Self::TransferOwnership => "transfer_ownership",
            Self::CreateProject => "create_project",
            Self::UpdateProject => "update_project",
            Self::DeleteProject => "delete_project",
            Self::CreatePost => "create_post",
            Self::SetUpBilling => "set_up_billing",
            Self::OpenBillingPortal => "open_billing_portal",
            Self::ManageBilling => "manage_billing",
            Self::GrantRole => "grant_role",
            Self::ChangeMember => "change_member",
            Self::RemoveMember => "remove_member",
            Self::UpdatePost => "update_post",
            Self::DeletePost => "delete_post",
        }
    }
}

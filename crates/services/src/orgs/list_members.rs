//! Everybody in an organisation, who is invited, and what the one who looks may do about it.

use domain::orgs::Role;
use policy::{Action, Resource};
use store::{Invitation, Member, Membership};

use crate::{Actor, ServiceError, Services};

/// The page's.
pub struct MembersView {
    pub members: Vec<Seen>,
    /// None to who may not see them.
    pub invitations: Option<Vec<Invitation>>,
    /// What they may give, the lowest first; nothing to who may not manage people.
    pub grantable: Vec<Role>,
    pub may_transfer: bool,
}

/// Somebody, as one may act on them.
pub struct Seen {
    pub member: Member,
    pub may_change: bool,
    pub may_remove: bool,
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], or the database's.
    pub async fn list_members(&self, actor: &Actor, slug: &str) -> Result<MembersView, ServiceError> {
        let membership = self.authorize(actor, slug, Action::ReadMembers).await?;
        let org = membership.organization.id;
        let manages = self.decide(actor, membership, Action::ManageMembers).await.allowed;
        let invitations =
            async { if manages { self.store.list_invitations(org, self.now()).await.map(Some) } else { Ok(None) } };
        let (members, invitations) = tokio::try_join!(self.store.list_members(org), invitations)?;
        let mut seen = Vec::with_capacity(members.len());
        for member in members {
            let may_change = manages && self.may_on(actor, membership, Action::ChangeMember, member.role).await;
            let may_remove = manages && self.may_on(actor, membership, Action::RemoveMember, member.role).await;
            seen.push(Seen { member, may_change, may_remove });
        }
        let mut grantable = Vec::new();
        for role in Role::ALL.into_iter().rev() {
            if manages && self.may_on(actor, membership, Action::GrantRole, role).await {
                grantable.push(role);
            }
        }
        let may_transfer = self.decide(actor, membership, Action::TransferOwnership).await.allowed;
        Ok(MembersView { members: seen, invitations, grantable, may_transfer })
    }

    pub(super) async fn may_on(&self, actor: &Actor, membership: &Membership, action: Action, role: Role) -> bool {
        let of = Resource::Membership { org: membership.organization.id, role };
        self.decide_on(actor, membership, action, of).await.allowed
    }
}

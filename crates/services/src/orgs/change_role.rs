//! Give a member another role (A-12, checks T05, T06).

use domain::{
    audit::AuditAction,
    form::{Field, Problem},
    orgs::Role,
};
use policy::Action;
use store::MemberChange;

use super::member::Wanted;
use crate::{Actor, ServiceError, Services};

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::Invalid`] for an unknown
    /// role and where nobody would own it any more, [`ServiceError::ProofTooOld`] where an owner is made
    /// or unmade.
    pub async fn change_role(&self, actor: &Actor, slug: &str, user: &str, role: &str) -> Result<(), ServiceError> {
        let attempted = AuditAction::ChangeRole;
        let membership = self.admit(actor, slug, Action::ManageMembers, attempted).await?;
        let member = self.member(membership, user).await?;
        let role: Role = role.parse().map_err(|_| ServiceError::Invalid(vec![(Field::Role, Problem::Malformed)]))?;
        if member.role == role {
            return Ok(());
        }
        if member.role == Role::Owner || role == Role::Owner {
            self.prove_for(actor, membership, attempted).await?;
        }
        let letter = Some(self.role_letter(membership, &member, role));
        let wanted = Wanted { attempted, member: &member, change: MemberChange::SetRole(role), letter };
        self.change_member(actor, membership, wanted).await
    }
}

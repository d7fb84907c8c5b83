//! Take somebody out of an organisation. It holds with their next request, on every node (check T04).

use domain::{audit::AuditAction, orgs::Role};
use policy::Action;
use store::MemberChange;

use super::member::Wanted;
use crate::{Actor, ServiceError, Services, mail::Letter};

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::Invalid`] where nobody would
    /// own it any more, [`ServiceError::ProofTooOld`] where it is an owner.
    pub async fn remove_member(&self, actor: &Actor, slug: &str, user: &str) -> Result<(), ServiceError> {
        let attempted = AuditAction::RemoveMember;
        let membership = self.admit(actor, slug, Action::ManageMembers, attempted).await?;
        let member = self.member(membership, user).await?;
        if member.role == Role::Owner {
            self.prove_for(actor, membership, attempted).await?;
        }
        let organization = &membership.organization;
        let letter = Letter::RemovedFromOrganization {
            name: member.person.name.clone(),
            organization: organization.name.clone(),
        };
        let key = format!("removed:{}:{}:{}", organization.id, member.person.id, self.entropy().uuid());
        let letter = Some(self.letter_row(&member.person.email, letter, &key));
        let wanted = Wanted { attempted, member: &member, change: MemberChange::Remove, letter };
        self.change_member(actor, membership, wanted).await
    }
}

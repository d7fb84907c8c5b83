//! Hand an organisation over: another member becomes its owner, and whoever asks an Admin, at once.

use domain::{
    audit::AuditAction,
    form::{Field, Problem},
    orgs::Role,
};
use policy::Action;
use store::MemberChange;

use super::member::Wanted;
use crate::{Actor, ServiceError, Services, mail::Letter};

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::ProofTooOld`],
    /// [`ServiceError::Invalid`] for handing it to oneself.
    pub async fn transfer_ownership(&self, actor: &Actor, slug: &str, user: &str) -> Result<(), ServiceError> {
        let attempted = AuditAction::TransferOwnership;
        let membership = self.admit(actor, slug, Action::TransferOwnership, attempted).await?;
        let member = self.member(membership, user).await?;
        self.require_recent_proof(actor)?;
        if member.person.id == actor.person().id {
            return Err(ServiceError::Invalid(vec![(Field::Member, Problem::Unchanged)]));
        }
        let organization = &membership.organization;
        let letter = Letter::RoleChanged {
            name: member.person.name.clone(),
            organization: organization.name.clone(),
            role: Role::Owner.as_str().to_owned(),
            link: self.link(&format!("/o/{}", organization.slug), None),
        };
        let key = format!("role:{}:{}:{}", organization.id, member.person.id, self.entropy().uuid());
        let letter = Some(self.letter_row(&member.person.email, letter, &key));
        let wanted = Wanted { attempted, member: &member, change: MemberChange::TakeOver, letter };
        self.change_member(actor, membership, wanted).await
    }
}

//! Hand an organisation over: another member becomes its owner, and whoever asks an Admin, at once.

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
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::ProofTooOld`],
    /// [`ServiceError::Invalid`] for handing it to oneself.
    pub async fn transfer_ownership(&self, actor: &Actor, slug: &str, user: &str) -> Result<(), ServiceError> {
        let attempted = AuditAction::TransferOwnership;
        let membership = self.admit(actor, slug, Action::TransferOwnership, attempted).await?;
        let member = self.member(membership, user).await?;
        self.prove_for(actor, membership, attempted).await?;
        if member.person.id == actor.person().id {
            return Err(ServiceError::Invalid(vec![(Field::Member, Problem::Unchanged)]));
        }
        let letter = Some(self.role_letter(membership, &member, Role::Owner));
        let wanted = Wanted { attempted, member: &member, change: MemberChange::TakeOver, letter };
        self.change_member(actor, membership, wanted).await
    }
}

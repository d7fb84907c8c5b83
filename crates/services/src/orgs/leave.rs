//! Leave an organisation. Everybody may, but for its last owner (check T05).

use domain::audit::AuditAction;
use policy::Action;
use store::MemberChange;

use super::member::Wanted;
use crate::{Actor, ServiceError, Services};

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::Invalid`] where nobody would
    /// own it any more.
    pub async fn leave_organization(&self, actor: &Actor, slug: &str) -> Result<(), ServiceError> {
        let attempted = AuditAction::LeaveOrganization;
        let membership = self.admit(actor, slug, Action::LeaveOrganization, attempted).await?;
        let member = self.member(membership, &actor.person().id.to_string()).await?;
        let wanted = Wanted { attempted, member: &member, change: MemberChange::Remove, letter: None };
        self.change_member(actor, membership, wanted).await
    }
}

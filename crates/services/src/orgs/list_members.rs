//! Everybody in an organisation.

use policy::Action;
use store::Member;

use crate::{Actor, ServiceError, Services};

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], or the database's.
    pub async fn list_members(&self, actor: &Actor, slug: &str) -> Result<Vec<Member>, ServiceError> {
        let membership = self.authorize(actor, slug, Action::ReadMembers).await?;
        Ok(self.store.list_members(membership.organization.id).await?)
    }
}

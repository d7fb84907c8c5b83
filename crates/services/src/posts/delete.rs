//! Delete a post.

use domain::audit::AuditAction;
use policy::Action;

use crate::{Actor, ServiceError, Services};

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], the database's.
    pub async fn delete_post(
        &self,
        actor: &Actor,
        (slug, project, post): (&str, &str, &str),
    ) -> Result<(), ServiceError> {
        let attempted = AuditAction::DeletePost;
        let membership = self.admit(actor, slug, Action::ReadPosts, attempted).await?;
        let asked = (Action::DeletePost, attempted);
        let post = self.admit_to_post(actor, membership, (project, post), asked).await?;
        let entry = self.done(actor, membership, attempted, &post.title);
        let done = self.store.delete_post((membership.organization.id, post.project, post.id), &entry).await?;
        if done { Ok(()) } else { Err(ServiceError::NotFound) }
    }
}

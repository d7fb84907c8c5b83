//! Write a post.

use domain::{PostId, audit::AuditAction};
use policy::Action;
use store::NewPost;

use super::TypedPost;
use crate::{Actor, ServiceError, Services, projects::parse_project};

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::Invalid`], the database's.
    pub async fn create_post(
        &self,
        actor: &Actor,
        (slug, project): (&str, &str),
        typed: TypedPost<'_>,
    ) -> Result<PostId, ServiceError> {
        let attempted = AuditAction::CreatePost;
        let membership = self.admit(actor, slug, Action::CreatePost, attempted).await?;
        let (org, project) = (membership.organization.id, parse_project(project)?);
        // What is not theirs to see is not there, whatever is wrong with the post.
        let parsed = typed.parse();
        if parsed.is_err() {
            self.store.find_project(org, project).await?.ok_or(ServiceError::NotFound)?;
        }
        let (title, body) = parsed?;
        let id = PostId::from_uuid(self.entropy().uuid_at(self.now()));
        let entry = self.done(actor, membership, attempted, title.as_str());
        let new = NewPost { id, org, project, author: actor.person().id, title: &title, body: &body };
        if self.store.insert_post(&new, &entry).await? { Ok(id) } else { Err(ServiceError::NotFound) }
    }
}

//! Change a post.
//!
//! What must hold: nobody's words are lost. Whoever edited an older version is told, and has what they
//! typed still.

use domain::{
    audit::AuditAction,
    form::{Field, Problem},
};
use policy::Action;
use store::{Edit, Edited};

use super::TypedPost;
use crate::{Actor, ServiceError, Services};

impl Services {
    /// `version` is that of the post which was edited.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::Invalid`] also where
    /// somebody else changed it since; the database's.
    pub async fn update_post(
        &self,
        actor: &Actor,
        (slug, project, post): (&str, &str, &str),
        (typed, version): (TypedPost<'_>, &str),
    ) -> Result<(), ServiceError> {
        let attempted = AuditAction::UpdatePost;
        let membership = self.admit(actor, slug, Action::ReadPosts, attempted).await?;
        let asked = (Action::UpdatePost, attempted);
        let post = self.admit_to_post(actor, membership, (project, post), asked).await?;
        let (title, body) = typed.parse()?;
        let version = version.parse().unwrap_or(0);
        if post.version == version && (title.as_str(), body.as_str()) == (&*post.title, &*post.body) {
            return Ok(());
        }
        let entry = self.done(actor, membership, attempted, title.as_str());
        let id = (membership.organization.id, post.project, post.id);
        match self.store.update_post(id, &Edit { title: &title, body: &body, version }, &entry).await? {
            Edited::Done => Ok(()),
            Edited::Meanwhile => Err(ServiceError::Invalid(vec![(Field::Body, Problem::InTheWay)])),
            Edited::Gone => Err(ServiceError::NotFound),
        }
    }
}

//! Read a post.

use policy::Action;
use store::{Post, Project};

use super::post::{parse_ids, resource};
use crate::{Actor, ServiceError, Services, orgs::refuse_unless, projects::parse_project};

/// The page's.
pub struct PostView {
    pub project: Project,
    pub post: Post,
    pub may_update: bool,
    pub may_delete: bool,
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], the database's.
    pub async fn show_post(
        &self,
        actor: &Actor,
        slug: &str,
        (project, post): (&str, &str),
    ) -> Result<PostView, ServiceError> {
        let membership = self.authorize(actor, slug, Action::ReadPosts).await?;
        let (project, post) = parse_ids(project, post)?;
        let org = membership.organization.id;
        let (project, post) =
            tokio::try_join!(self.store.find_project(org, project), self.store.find_post((org, project, post)))?;
        let (Some(project), Some(post)) = (project, post) else { return Err(ServiceError::NotFound) };
        let may = async |action| self.decide_on(actor, membership, action, resource(membership, &post)).await.allowed;
        let (may_update, may_delete) = (may(Action::UpdatePost).await, may(Action::DeletePost).await);
        Ok(PostView { project, post, may_update, may_delete })
    }

    /// The same for its form: only who may change it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], the database's.
    pub async fn show_post_form(&self, actor: &Actor, slug: &str, ids: (&str, &str)) -> Result<PostView, ServiceError> {
        let view = self.show_post(actor, slug, ids).await?;
        let membership = actor.membership(slug)?;
        let decision = self.decide_on(actor, membership, Action::UpdatePost, resource(membership, &view.post)).await;
        refuse_unless(&decision)?;
        Ok(view)
    }

    /// The project that a new post is to be in.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], the database's.
    pub async fn show_new_post(&self, actor: &Actor, slug: &str, project: &str) -> Result<Project, ServiceError> {
        let membership = self.authorize(actor, slug, Action::CreatePost).await?;
        let project = parse_project(project)?;
        self.store.find_project(membership.organization.id, project).await?.ok_or(ServiceError::NotFound)
    }
}

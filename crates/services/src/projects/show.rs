//! See one project and its posts.

use policy::Action;
use store::{Paged, PostSummary, Project};

use super::{LAST_PAGE, PAGE_SIZE, parse_project};
use crate::{Actor, ServiceError, Services};

/// The page's.
pub struct ProjectView {
    pub project: Project,
    pub posts: Paged<PostSummary>,
    /// Counts from 0.
    pub page: u64,
    pub may_write: bool,
    pub may_rename: bool,
    pub may_delete: bool,
}

impl Services {
    /// The posts with `looked_for` in them.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], the database's.
    pub async fn show_project(
        &self,
        actor: &Actor,
        (slug, project): (&str, &str),
        (looked_for, page): (&str, u64),
    ) -> Result<ProjectView, ServiceError> {
        let membership = self.authorize(actor, slug, Action::ReadPosts).await?;
        let (org, project, page) = (membership.organization.id, parse_project(project)?, page.min(LAST_PAGE));
        let (found, posts) = tokio::try_join!(
            self.store.find_project(org, project),
            self.store.list_posts((org, project), looked_for.trim(), (page, PAGE_SIZE)),
        )?;
        let project = found.ok_or(ServiceError::NotFound)?;
        let may = async |action| self.decide(actor, membership, action).await.allowed;
        Ok(ProjectView {
            project,
            posts,
            page,
            may_write: may(Action::CreatePost).await,
            may_rename: may(Action::UpdateProject).await,
            may_delete: may(Action::DeleteProject).await,
        })
    }
}

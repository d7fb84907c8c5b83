//! See the projects of an organisation.

use policy::Action;
use store::{Paged, Project};

use super::{LAST_PAGE, PAGE_SIZE};
use crate::{Actor, ServiceError, Services};

/// The page's.
pub struct ProjectsView {
    pub projects: Paged<Project>,
    /// Counts from 0.
    pub page: u64,
    pub may_create: bool,
}

impl Services {
    /// Those with `looked_for` in their name.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], the database's.
    pub async fn list_projects(
        &self,
        actor: &Actor,
        slug: &str,
        (looked_for, page): (&str, u64),
    ) -> Result<ProjectsView, ServiceError> {
        let membership = self.authorize(actor, slug, Action::ReadProjects).await?;
        let page = page.min(LAST_PAGE);
        let projects =
            self.store.list_projects(membership.organization.id, looked_for.trim(), (page, PAGE_SIZE)).await?;
        let may_create = self.decide(actor, membership, Action::CreateProject).await.allowed;
        Ok(ProjectsView { projects, page, may_create })
    }
}

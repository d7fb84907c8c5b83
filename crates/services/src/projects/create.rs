//! Begin a project.

use domain::{ProjectId, audit::AuditAction, form::Field, projects::ProjectName};
use policy::Action;
use store::NewProject;

use crate::{Actor, ServiceError, Services};

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::Invalid`], the database's.
    pub async fn create_project(&self, actor: &Actor, slug: &str, name: &str) -> Result<ProjectId, ServiceError> {
        let attempted = AuditAction::CreateProject;
        let membership = self.admit(actor, slug, Action::CreateProject, attempted).await?;
        let name =
            ProjectName::parse(name).map_err(|problem| ServiceError::Invalid(vec![(Field::Project, problem)]))?;
        let id = ProjectId::from_uuid(self.entropy().uuid_at(self.now()));
        let entry = self.done(actor, membership, attempted, name.as_str());
        let new = NewProject { id, org: membership.organization.id, name: &name };
        self.store.insert_project(&new, &entry).await?;
        Ok(id)
    }
}

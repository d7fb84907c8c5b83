//! Call a project something else.

use domain::{audit::AuditAction, form::Field, projects::ProjectName};
use policy::Action;

use super::parse_project;
use crate::{Actor, ServiceError, Services};

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::Invalid`], the database's.
    pub async fn rename_project(
        &self,
        actor: &Actor,
        (slug, project): (&str, &str),
        name: &str,
    ) -> Result<(), ServiceError> {
        let attempted = AuditAction::RenameProject;
        let membership = self.admit(actor, slug, Action::UpdateProject, attempted).await?;
        let project = parse_project(project)?;
        let org = membership.organization.id;
        // What is not theirs to see is not there, whatever is wrong with the name.
        let has = self.store.find_project(org, project).await?.ok_or(ServiceError::NotFound)?;
        let name =
            ProjectName::parse(name).map_err(|problem| ServiceError::Invalid(vec![(Field::Project, problem)]))?;
        if name.as_str() == has.name {
            return Ok(());
        }
        let entry = self.done(actor, membership, attempted, &format!("{} → {}", has.name, name.as_str()));
        let done = self.store.rename_project((org, project), &name, &entry).await?;
        if done { Ok(()) } else { Err(ServiceError::NotFound) }
    }
}

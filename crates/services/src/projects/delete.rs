//! Delete a project with its posts.

use domain::{
    audit::AuditAction,
    form::{Field, Problem},
};
use policy::Action;

use super::parse_project;
use crate::{Actor, ServiceError, Services};

impl Services {
    /// `confirmation` is its name, typed: there is no way back.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::Invalid`], the database's.
    pub async fn delete_project(
        &self,
        actor: &Actor,
        (slug, project): (&str, &str),
        confirmation: &str,
    ) -> Result<(), ServiceError> {
        let attempted = AuditAction::DeleteProject;
        let membership = self.admit(actor, slug, Action::DeleteProject, attempted).await?;
        let (org, project) = (membership.organization.id, parse_project(project)?);
        let has = self.store.find_project(org, project).await?.ok_or(ServiceError::NotFound)?;
        if confirmation.trim() != has.name {
            let problem = if confirmation.trim().is_empty() { Problem::Missing } else { Problem::Wrong };
            return Err(ServiceError::Invalid(vec![(Field::Confirmation, problem)]));
        }
        let entry = self.done(actor, membership, attempted, &has.name);
        let done = self.store.delete_project(org, project, &entry).await?;
        if done { Ok(()) } else { Err(ServiceError::NotFound) }
    }
}

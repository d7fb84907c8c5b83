//! Which organisation the address names, for this person.

use std::sync::Arc;

use domain::orgs::{Organization, Role};
use policy::Action;
use services::{Actor, Services};

use crate::{
    error::AppError,
    request::{actor, path_value, services},
};

/// A member in their organisation. Pages get it first and pass it down.
#[derive(Clone)]
pub struct OrgScope {
    pub services: Services,
    pub actor: Arc<Actor>,
    pub organization: Organization,
    pub role: Role,
    /// Whether the audit log is theirs to read; where it is not, nothing leads there.
    pub reads_audit: bool,
    /// Whether what it asks of sign-in is theirs to decide.
    pub manages_security: bool,
}

impl OrgScope {
    /// # Errors
    /// [`AppError::NotFound`] for an organisation that does not exist or is not theirs.
    pub async fn of_address() -> Result<Self, AppError> {
        let slug = path_value("org").unwrap_or_default();
        let (services, actor) = (services()?, actor()?);
        let membership = services.authorize(&actor, &slug, Action::ReadOrganization).await?;
        let (organization, role) = (membership.organization.clone(), membership.role);
        let reads_audit = services.decide(&actor, membership, Action::ReadAudit).await.allowed;
        let manages_security = services.decide(&actor, membership, Action::ManageSecurity).await.allowed;
        Ok(Self { services, actor, organization, role, reads_audit, manages_security })
    }

    pub fn slug(&self) -> &str {
        &self.organization.slug
    }
}

//! Reading one organisation's trail.

use domain::{
    form::{Field, Problem},
    orgs::AuditRetention,
};
use policy::Action;
use store::AuditEntry;

use super::TypedAuditFilter;
use crate::{Actor, ServiceError, Services};

/// One page, newest first.
pub struct AuditView {
    pub entries: Vec<AuditEntry>,
    pub page: u32,
    pub has_more: bool,
    /// What of the filter could not be read.
    pub problems: Vec<(Field, Problem)>,
    pub retention: AuditRetention,
    pub may_configure: bool,
}

const PAGE_SIZE: u32 = 50;

impl Services {
    /// `page` counts from 0.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], or the database's.
    pub async fn list_audit(
        &self,
        actor: &Actor,
        slug: &str,
        (typed, page): (&TypedAuditFilter, u32),
    ) -> Result<AuditView, ServiceError> {
        let membership = self.authorize(actor, slug, Action::ReadAudit).await?;
        let (filter, problems) = typed.read();
        let org = membership.organization.id;
        let (found, retention) = tokio::try_join!(
            self.store.find_audit_entries(org, &filter, page, PAGE_SIZE),
            self.store.find_audit_retention(org),
        )?;
        let may_configure = self.decide(actor, membership, Action::ConfigureAudit).await.allowed;
        let (entries, has_more) = (found.entries, found.has_more);
        Ok(AuditView { entries, page, has_more, problems, retention, may_configure })
    }
}

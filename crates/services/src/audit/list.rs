//! Reading one organisation's trail.

use policy::Action;
use store::AuditEntry;

use crate::{Actor, ServiceError, Services};

/// One page, newest first.
pub struct AuditView {
    pub entries: Vec<AuditEntry>,
    pub page: u32,
    pub has_more: bool,
}

const PAGE_SIZE: u32 = 50;

impl Services {
    /// `page` counts from 0.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], or the database's.
    pub async fn list_audit(&self, actor: &Actor, slug: &str, page: u32) -> Result<AuditView, ServiceError> {
        let membership = self.authorize(actor, slug, Action::ReadAudit).await?;
        let found = self.store.list_audit_entries(membership.organization.id, page, PAGE_SIZE).await?;
        Ok(AuditView { entries: found.entries, page, has_more: found.has_more })
    }
}

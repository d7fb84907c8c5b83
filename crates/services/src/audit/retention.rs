//! How long a trail is kept, and the removal of what is older. The latter is called by a schedule,
//! on any number of nodes.
//!
//! What must hold: only an owner with a recent proof shortens a trail, and that they did stands in it.

use domain::{
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
    orgs::AuditRetention,
};
use policy::Action;

use super::Happening;
use crate::{Actor, ServiceError, Services};

impl Services {
    /// `keep` is one of [`AuditRetention::CHOICES`], by its word.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::ProofTooOld`],
    /// [`ServiceError::Invalid`], the database's.
    pub async fn set_audit_retention(&self, actor: &Actor, slug: &str, keep: &str) -> Result<(), ServiceError> {
        let action = AuditAction::SetAuditRetention;
        let membership = self.admit(actor, slug, Action::ConfigureAudit, action).await?;
        self.prove_for(actor, membership, action).await?;
        let chosen = AuditRetention::choose(keep);
        let chosen = chosen.ok_or_else(|| ServiceError::Invalid(vec![(Field::Retention, Problem::Malformed)]))?;
        let (org, person) = (membership.organization.id, actor.person());
        let happening = Happening { action, outcome: AuditOutcome::Done, reason: None, org: Some(org) };
        let about = match chosen {
            AuditRetention::Forever => "kept for ever".to_owned(),
            AuditRetention::Days(days) => format!("kept for {days} days"),
        };
        let entry = self.entry(Some(person.id), &person.email, actor.origin(), happening).about(&about);
        Ok(self.store.set_audit_retention(org, chosen, &entry).await?)
    }

    /// Removes up to `limit` entries that are older than their organisations keep them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_audit_entries(&self, limit: u64) -> Result<u64, ServiceError> {
        Ok(self.store.delete_old_audit_entries(self.now(), limit).await?)
    }
}

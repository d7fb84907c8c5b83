//! Writing an entry. It is written before its effect is shown: what can't be
//! recorded does not happen.

use domain::{
    OrgId, UserId,
    audit::{AuditAction, AuditOutcome},
};
use store::AuditEntry;

use crate::{Actor, Origin, ServiceError, Services};

/// What happened.
#[derive(Clone, Copy, Debug)]
pub struct Happening {
    pub action: AuditAction,
    pub outcome: AuditOutcome,
    pub reason: Option<&'static str>,
    pub org: Option<OrgId>,
}

impl Services {
    pub(crate) async fn record(&self, actor: &Actor, happening: Happening) -> Result<(), ServiceError> {
        let person = actor.person();
        self.record_as(Some(person.id), &person.email, actor.origin(), happening).await
    }

    /// For what happens before there is an actor, or without one.
    pub(crate) async fn record_as(
        &self,
        actor_id: Option<UserId>,
        actor: &str,
        origin: &Origin,
        happening: Happening,
    ) -> Result<(), ServiceError> {
        let entry = self.entry(actor_id, actor, origin, happening);
        tracing::info!(
            action = entry.action.as_str(),
            outcome = entry.outcome.as_str(),
            reason = entry.reason.as_deref(),
            request_id = %entry.request_id,
            "audit"
        );
        Ok(self.store.insert_audit_entry(&entry).await?)
    }

    /// Passes what came of an attempt through; a refusal is written into the organisation's trail.
    /// A form with problems, and a database that is away, are none.
    pub(crate) async fn with_refusal_noted<T>(
        &self,
        actor: &Actor,
        (action, org): (AuditAction, OrgId),
        attempt: Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let reason = match &attempt {
            Err(ServiceError::Forbidden(reason)) => reason.as_str(),
            Err(ServiceError::ProofTooOld) => "proof_too_old",
            _ => return attempt,
        };
        let (outcome, reason) = (AuditOutcome::Refused, Some(reason));
        self.record(actor, Happening { action, outcome, reason, org: Some(org) }).await?;
        attempt
    }

    /// An entry to be written in the transaction of what it speaks of.
    pub(crate) fn entry(
        &self,
        actor_id: Option<UserId>,
        actor: &str,
        origin: &Origin,
        happening: Happening,
    ) -> AuditEntry {
        let now = self.now();
        AuditEntry {
            id: self.entropy().uuid_at(now),
            at: now,
            org: happening.org,
            actor_id,
            actor: actor.to_owned(),
            action: happening.action,
            subject: None,
            outcome: happening.outcome,
            reason: happening.reason.map(str::to_owned),
            address: origin.address.map(|address| address.to_string()),
            request_id: origin.request_id.clone(),
            operator: origin.operator.as_deref().map(str::to_owned),
        }
    }
}

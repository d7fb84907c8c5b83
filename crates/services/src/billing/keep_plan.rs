//! Keep the plan as it is: it does not end, and no other one comes when its period is over.

use std::time::Duration;

use domain::{
    audit::{AuditAction, AuditOutcome},
    billing::change::NotChanged,
};
use policy::Action;
use store::Membership;
use tokio::time::Instant;

use super::running::not_changed;
use crate::{Actor, ServiceError, Services, audit::Happening};

/// A clear page stands after that (check F8).
const PATIENCE: Duration = Duration::from_secs(9);

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::ProofTooOld`],
    /// [`ServiceError::Invalid`] where nothing runs any more, [`ServiceError::Payments`] when the provider
    /// fails.
    pub async fn keep_plan(&self, actor: &Actor, slug: &str) -> Result<(), ServiceError> {
        let now = self.renew(actor).await?.ok_or(ServiceError::NotFound)?;
        let membership = self.admit(&now, slug, Action::ManageBilling, AuditAction::KeepPlan).await?.clone();
        self.require_recent_proof(&now)?;
        let services = self.clone();
        let task = tokio::spawn(async move { services.keep_and_note(&now, &membership).await });
        task.await.unwrap_or(Err(ServiceError::Busy))
    }

    async fn keep_and_note(&self, actor: &Actor, membership: &Membership) -> Result<(), ServiceError> {
        let (org, until) = (membership.organization.id, Instant::now() + PATIENCE);
        let kept = self.at_counter(org, until, self.keep_running(membership)).await;
        let (outcome, reason) = match &kept {
            Ok(()) => (AuditOutcome::Done, None),
            Err(ServiceError::Invalid(_)) => (AuditOutcome::Refused, Some("not_subscribed")),
            Err(ServiceError::Payments(error)) => (AuditOutcome::Failed, Some(error.as_str())),
            Err(_) => (AuditOutcome::Failed, Some("unavailable")),
        };
        let happening = Happening { action: AuditAction::KeepPlan, outcome, reason, org: Some(org) };
        self.record(actor, happening).await?;
        self.look_again(membership).await;
        kept
    }

    /// Nothing to keep it from is fine: it was said twice.
    async fn keep_running(&self, membership: &Membership) -> Result<(), ServiceError> {
        let (org, payments) = (membership.organization.id, &self.ports.payments);
        let running = self.running(membership).await?;
        let subscription = &running.seen.subscription;
        if !subscription.status.goes_on() {
            return Err(not_changed(NotChanged::NotSubscribed));
        }
        if let Some(schedule) = running.seen.schedule.as_deref() {
            let released = payments.release_schedule(schedule).await;
            released.inspect_err(|error| self.change_failed(org, "release_schedule", error))?;
        }
        if subscription.cancel_at.is_some() {
            let kept = payments.keep_subscription(&subscription.id).await;
            kept.inspect_err(|error| self.change_failed(org, "keep_subscription", error))?;
        }
        Ok(())
    }
}

//! Remove the authenticator app.

use domain::{
    accounts::linking::Unfinished,
    audit::{AuditAction, AuditOutcome},
};
use store::Changed;

use super::AUTHENTICATOR;
use crate::{Actor, ServiceError, Services, audit::Happening};

impl Services {
    /// Also when an organisation asks for a second factor: that one is closed to them then.
    ///
    /// # Errors
    /// [`ServiceError::ProofTooOld`]; [`ServiceError::NotFound`] when there is none;
    /// [`ServiceError::Unfinished`] when staff would be left without one.
    pub async fn remove_totp(&self, actor: &Actor, session: Option<&str>) -> Result<(), ServiceError> {
        self.require_recent_proof(actor)?;
        let letter = [self.factor_removed(actor.person(), AUTHENTICATOR)];
        let change = self.change(actor, session, &[], &letter);
        match self.store.remove_totp(&change).await? {
            Changed::Done { .. } => {}
            Changed::StaffNeedsOne => return Err(ServiceError::Unfinished(Unfinished::StaffNeedsOne)),
            Changed::LastWayIn | Changed::Nothing => return Err(ServiceError::NotFound),
        }
        let happening = Happening {
            action: AuditAction::RemoveSecondFactor,
            outcome: AuditOutcome::Done,
            reason: Some("totp"),
            org: None,
        };
        self.record(actor, happening).await
    }
}

//! Remove the authenticator app.

use domain::audit::{AuditAction, AuditOutcome};
use store::Changed;

use super::AUTHENTICATOR;
use crate::{Actor, ServiceError, Services, audit::Happening};

impl Services {
    /// Also when an organisation asks for a second factor: that one is closed to them then.
    ///
    /// # Errors
    /// [`ServiceError::ProofTooOld`]; [`ServiceError::NotFound`] when there is none.
    pub async fn remove_totp(&self, actor: &Actor, session: Option<&str>) -> Result<(), ServiceError> {
        self.require_recent_proof(actor)?;
        let letter = [self.factor_removed(actor.person(), AUTHENTICATOR)];
        let change = self.change(actor, session, &[], &letter);
        if self.store.remove_totp(&change).await? == Changed::Nothing {
            return Err(ServiceError::NotFound);
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

//! New recovery codes in the place of the old ones.

use domain::audit::{AuditAction, AuditOutcome};
use store::Changed;

use super::SealedCodes;
use crate::{Actor, ServiceError, Services, audit::Happening};

impl Services {
    /// # Errors
    /// [`ServiceError::ProofTooOld`]; [`ServiceError::NotFound`] without a second factor.
    pub async fn renew_recovery_codes(
        &self,
        actor: &Actor,
        session: Option<&str>,
    ) -> Result<SealedCodes, ServiceError> {
        self.require_recent_proof(actor)?;
        let (codes, letter) =
            (self.fresh_codes(actor.person().id), [self.factor_added(actor.person(), "new recovery codes")]);
        let change = self.change(actor, session, &codes.hashes, &letter);
        if self.store.renew_recovery_codes(&change).await? == Changed::Nothing {
            return Err(ServiceError::NotFound);
        }
        let happening =
            Happening { action: AuditAction::RenewRecoveryCodes, outcome: AuditOutcome::Done, reason: None, org: None };
        self.record(actor, happening).await?;
        Ok(codes.sealed)
    }
}

//! Rename and remove one's passkeys.

use domain::{
    accounts::{PasskeyName, linking::Unfinished},
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
};
use store::Changed;
use uuid::Uuid;

use super::PASSKEY;
use crate::{Actor, ServiceError, Services, audit::Happening};

impl Services {
    /// # Errors
    /// [`ServiceError::Invalid`]; [`ServiceError::NotFound`] when it is not one of theirs.
    pub async fn rename_passkey(&self, actor: &Actor, id: &str, name: &str) -> Result<(), ServiceError> {
        let invalid = || ServiceError::Invalid(vec![(Field::PasskeyName, Problem::Malformed)]);
        let name = PasskeyName::parse(name).ok_or_else(invalid)?;
        if self.store.rename_passkey(actor.person().id, parse(id)?, name.as_str()).await? {
            return Ok(());
        }
        Err(ServiceError::NotFound)
    }

    /// # Errors
    /// [`ServiceError::ProofTooOld`]; [`ServiceError::NotFound`] when it is not one of theirs;
    /// [`ServiceError::Unfinished`] when it is the last way in, or staff would be left without one.
    pub async fn remove_passkey(&self, actor: &Actor, id: &str, session: Option<&str>) -> Result<(), ServiceError> {
        self.require_recent_proof(actor)?;
        let letter = [self.factor_removed(actor.person(), PASSKEY)];
        let change = self.change(actor, session, &[], &letter);
        match self.store.remove_passkey(&change, parse(id)?).await? {
            Changed::Done { .. } => {}
            Changed::LastWayIn => return Err(ServiceError::Unfinished(Unfinished::LastWayIn)),
            Changed::StaffNeedsOne => return Err(ServiceError::Unfinished(Unfinished::StaffNeedsOne)),
            Changed::Nothing => return Err(ServiceError::NotFound),
        }
        let happening = Happening {
            action: AuditAction::RemoveSecondFactor,
            outcome: AuditOutcome::Done,
            reason: Some("passkey"),
            org: None,
        };
        self.record(actor, happening).await
    }
}

fn parse(id: &str) -> Result<Uuid, ServiceError> {
    id.parse().map_err(|_| ServiceError::NotFound)
}

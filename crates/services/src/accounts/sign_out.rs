//! Sign out: the session itself is ended by the session layer; this writes it down.

use domain::audit::{AuditAction, AuditOutcome};

use crate::{Actor, ServiceError, Services, audit::Happening};

impl Services {
    /// # Errors
    /// When the database does not answer.
    pub async fn record_sign_out(&self, actor: &Actor) -> Result<(), ServiceError> {
        let happening =
            Happening { action: AuditAction::SignOut, outcome: AuditOutcome::Done, reason: None, org: None };
        self.record(actor, happening).await
    }
}

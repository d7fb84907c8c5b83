//! Sign browsers out from elsewhere (check S06).
//!
//! No recent proof is asked for: whoever has a session that isn't theirs could lock nobody out
//! by this, and whoever wants a stranger out should not be held up.

use domain::audit::{AuditAction, AuditOutcome};
use uuid::Uuid;

use crate::{Actor, ServiceError, Services, audit::Happening};

impl Services {
    /// One session of the actor's own. One that has ended already, or is somebody else's, is no error:
    /// it isn't there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_session(&self, actor: &Actor, handle: &str) -> Result<(), ServiceError> {
        let Ok(handle) = Uuid::parse_str(handle) else { return Ok(()) };
        if self.store.delete_session_of(actor.person().id, handle).await? {
            self.record(actor, done(AuditAction::EndSession)).await?;
        }
        Ok(())
    }

    /// All but the one whose id has that hash.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_other_sessions(&self, actor: &Actor, this: &str) -> Result<(), ServiceError> {
        if self.store.delete_sessions_of(actor.person().id, Some(this)).await? > 0 {
            self.record(actor, done(AuditAction::EndOtherSessions)).await?;
        }
        Ok(())
    }
}

const fn done(action: AuditAction) -> Happening {
    Happening { action, outcome: AuditOutcome::Done, reason: None, org: None }
}

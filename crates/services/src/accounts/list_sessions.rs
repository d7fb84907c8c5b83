//! Where one is signed in.

use store::OwnSession;

use crate::{Actor, ServiceError, Services};

/// More than anybody looks at.
const SHOWN: u64 = 100;

impl Services {
    /// The live sessions of the one who asks, the one used last first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_sessions(&self, actor: &Actor) -> Result<Vec<OwnSession>, ServiceError> {
        let (now, lifetime) = (self.now(), self.settings().session_lifetime);
        let mut sessions = self.store.list_sessions_of(actor.person().id, SHOWN).await?;
        sessions.retain(|session| lifetime.is_live(session.times, now));
        Ok(sessions)
    }
}

//! Removes what has run out. Nothing depends on it: what has run out is refused anyway.

use domain::{Millis, accounts::throttle};

use crate::{ServiceError, Services};

impl Services {
    /// Sessions that are over; answers how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_sessions(&self) -> Result<u64, ServiceError> {
        let (now, life) = (self.now(), self.settings.session_lifetime);
        Ok(self.store.delete_dead_sessions(now - life.idle, now - life.absolute).await?)
    }

    /// Messages of forms that nobody came to read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_flashes(&self) -> Result<u64, ServiceError> {
        Ok(self.store.delete_dead_flashes(self.now()).await?)
    }

    /// Counted attempts whose window is long over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_counters(&self) -> Result<u64, ServiceError> {
        let before = self.now() - Millis(2 * throttle::LONGEST_WINDOW.0);
        Ok(self.store.delete_dead_counters(before).await?)
    }
}

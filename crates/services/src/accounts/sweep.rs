//! Removes what has run out. Nothing depends on it: what has run out is refused anyway.

use domain::{
    Millis,
    accounts::{BROWSER_KEPT_DAYS, throttle},
};

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

    /// Ways to a provider that nobody came back from.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_login_flows(&self) -> Result<u64, ServiceError> {
        Ok(self.store.delete_dead_login_flows(self.now()).await?)
    }

    /// Challenges to passkeys that nobody answered.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_passkey_challenges(&self) -> Result<u64, ServiceError> {
        Ok(self.store.delete_dead_passkey_challenges(self.now()).await?)
    }

    /// Counted attempts whose window is long over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_counters(&self) -> Result<u64, ServiceError> {
        let before = self.now() - Millis(2 * throttle::LONGEST_WINDOW.0);
        Ok(self.store.delete_dead_counters(before).await?)
    }

    /// Browsers that nobody can come back with: their cookie has run out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_browsers(&self) -> Result<u64, ServiceError> {
        Ok(self.store.delete_dead_browsers(self.now() - Millis::days(BROWSER_KEPT_DAYS)).await?)
    }

    /// Registrations that nobody confirmed in time, with what was typed in them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_registrations(&self) -> Result<u64, ServiceError> {
        Ok(self.store.delete_dead_registrations(self.now()).await?)
    }

    /// Links of mails that nobody used in time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_account_links(&self) -> Result<u64, ServiceError> {
        Ok(self.store.delete_dead_links(self.now()).await?)
    }
}

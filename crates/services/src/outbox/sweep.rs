//! Removes what was done long ago.

use domain::outbox;

use crate::{ServiceError, Services};

impl Services {
    /// Rows that were done [`outbox::REMEMBERED`] ago; answers how many that were. What can't be done stays.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_outbox(&self) -> Result<u64, ServiceError> {
        Ok(self.store.delete_done_outbox(self.now() - outbox::REMEMBERED).await?)
    }
}

//! How much waits, as metrics: `portico_outbox_{waiting,oldest_age_seconds,parked}`.

use crate::{ServiceError, Services};

impl Services {
    /// Reads the figures and hands them to the metrics; answers how many rows wait.
    ///
    /// # Errors
    /// When the database does not answer.
    #[expect(clippy::cast_precision_loss, reason = "metrics are of that type, and this is no bookkeeping")]
    pub async fn measure_outbox(&self) -> Result<u64, ServiceError> {
        let (waiting, oldest) = self.store.outbox_backlog().await?;
        let parked = self.store.count_parked_outbox().await?;
        let age = oldest.map_or(0, |at| (self.now().as_millis() - at.as_millis()).max(0) / 1000);
        metrics::gauge!("portico_outbox_waiting").set(waiting as f64);
        metrics::gauge!("portico_outbox_oldest_age_seconds").set(age as f64);
        metrics::gauge!("portico_outbox_parked").set(parked as f64);
        Ok(waiting)
    }
}

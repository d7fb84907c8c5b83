//! How much waits in the inbox, as metrics: `portico_billing_events_{waiting,oldest_age_seconds,parked}`.

use domain::Millis;

use crate::{Alert, ServiceError, Services};

/// What waits longer than this is stuck (W-07): a provider that is away, a customer nobody knows, a worker that is not there.
const STUCK: Millis = Millis::minutes(10);

impl Services {
    /// Reads the figures and hands them to the metrics; answers how many events wait.
    ///
    /// # Errors
    /// When the database does not answer.
    #[expect(clippy::cast_precision_loss, reason = "metrics are of that type, and this is no bookkeeping")]
    pub async fn measure_billing_events(&self) -> Result<u64, ServiceError> {
        let (waiting, parked, oldest) = self.store.billing_event_backlog().await?;
        let age = oldest.map_or(0, |at| (self.now().as_millis() - at.as_millis()).max(0));
        metrics::gauge!("portico_billing_events_waiting").set(waiting as f64);
        metrics::gauge!("portico_billing_events_oldest_age_seconds").set((age / 1000) as f64);
        metrics::gauge!("portico_billing_events_parked").set(parked as f64);
        if age > STUCK.0 {
            self.ports.alerts.raise(&Alert::EventsStuck { waiting, oldest_seconds: age / 1000 });
        }
        Ok(waiting)
    }
}

//! What waits for somebody to look at it.

use domain::Timestamp;
use policy::console::Errand;

use crate::{Actor, ServiceError, Services, mail::post as mail};

#[derive(Clone, Debug)]
pub struct Overview {
    pub events_waiting: u64,
    pub oldest_event: Option<Timestamp>,
    pub events_parked: u64,
    pub events_quarantined: u64,
    pub mail_parked: u64,
    /// Other work outside, such as customers to be made at the payment provider.
    pub work_parked: u64,
}

impl Services {
    /// # Errors
    /// As [`Services::operate`], or the database's.
    pub async fn show_overview(&self, actor: &Actor) -> Result<Overview, ServiceError> {
        self.operate(actor, Errand::Look).await?;
        let (backlog, events_quarantined, mail_parked, all_parked) = tokio::try_join!(
            self.store.billing_event_backlog(),
            self.store.count_quarantined_events(),
            self.store.count_parked_outbox_of(mail::KIND),
            self.store.count_parked_outbox(),
        )?;
        let work_parked = all_parked.saturating_sub(mail_parked);
        let (events_waiting, events_parked, oldest_event) = backlog;
        Ok(Overview { events_waiting, oldest_event, events_parked, events_quarantined, mail_parked, work_parked })
    }
}

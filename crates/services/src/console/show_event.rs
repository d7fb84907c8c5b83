//! One event of the payment provider, with what came of it.

use policy::console::Errand;
use store::EventDetail;

use super::redact::redact;
use crate::{Actor, ServiceError, Services};

pub struct EventView {
    pub event: EventDetail,
    /// What was sent, without what it says of people; none when it can't be read.
    pub body: Option<String>,
}

impl Services {
    /// # Errors
    /// As [`Services::operate`]; [`ServiceError::NotFound`] when there is no such event; the database's.
    pub async fn show_event(&self, actor: &Actor, id: &str) -> Result<EventView, ServiceError> {
        self.operate(actor, Errand::Look).await?;
        let mut event = self.store.show_billing_event(id).await?.ok_or(ServiceError::NotFound)?;
        let body = redact(&event.body);
        // Nothing further on has it as it came.
        event.body.clear();
        Ok(EventView { event, body })
    }
}

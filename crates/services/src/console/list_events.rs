//! The payment provider's events, looked through (W-06).

use domain::{billing::EventState, cursor::Cursor, orgs::Slug};
use policy::console::Errand;
use store::{EventFilter, EventSummary};

use crate::{Actor, ServiceError, Services};

const PAGE_SIZE: u64 = 50;

/// As it stands in the address. Nothing in it can be wrong: what fits nothing finds nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedEventFilter {
    pub id: String,
    pub state: String,
    pub kind: String,
    /// A customer of the provider, or an organisation's address.
    pub about: String,
}

impl TypedEventFilter {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

pub struct EventsView {
    pub events: Vec<EventSummary>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
}

impl Services {
    /// A page of the events that fit, newest first, from a place in the list on.
    ///
    /// # Errors
    /// As [`Services::operate`], or the database's.
    pub async fn list_events(
        &self,
        actor: &Actor,
        typed: &TypedEventFilter,
        cursor: Option<&Cursor>,
    ) -> Result<EventsView, ServiceError> {
        self.operate(actor, Errand::Look).await?;
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let filter = EventFilter {
            id: text(&typed.id),
            state: EventState::parse(&typed.state),
            kind: text(&typed.kind),
            customer: match text(&typed.about) {
                Some(about) => Some(self.customer_named(about).await?),
                None => None,
            },
        };
        let found = self.store.find_billing_events(&filter, cursor, PAGE_SIZE).await?;
        let last = found.rows.last().filter(|_| found.has_more);
        let next = last.map(|event| Cursor { at: event.received_at, id: event.id.clone() });
        Ok(EventsView { events: found.rows, next })
    }

    /// The customer of the organisation that has this address; else it is taken for a customer.
    async fn customer_named(&self, about: String) -> Result<String, ServiceError> {
        let Some(slug) = Slug::parse(&about) else { return Ok(about) };
        let Some(org) = self.store.find_organization_by_slug(&slug).await? else { return Ok(about) };
        let customer = self.store.find_billing_customer(org.id).await?;
        Ok(customer.map_or(about, |customer| customer.id.as_str().to_owned()))
    }
}

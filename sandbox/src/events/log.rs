//! The events that are kept, oldest first.

use std::sync::Arc;

use crate::places::Places;
use crate::rows::Rows;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Cause;
use crate::contract::API_VERSION;
use crate::state::{Table, as_any, write_row_changes};

/// How many events are kept; the oldest are dropped, unless a delivery of theirs is pending.
pub const KEPT: u64 = 100_000;

/// One event. The object is kept as text, shared by the events about the same change.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event {
    /// Its place among all events, from 0.
    pub number: u64,
    pub id: String,
    /// Like `invoice.paid`.
    pub kind: String,
    /// By the object's clock.
    pub created: i64,
    pub object_id: String,
    pub object: Arc<str>,
    pub previous_attributes: Option<Arc<str>>,
    pub cause: Option<Cause>,
    /// Deliveries that have not succeeded yet.
    pub pending_webhooks: u32,
}

impl Event {
    /// The whole envelope as Stripe sends it.
    pub fn envelope(&self) -> Value {
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        let mut data = json!({"object": read(&self.object)});
        if let Some(previous) = &self.previous_attributes {
            data["previous_attributes"] = read(previous);
        }
        let request = self.cause.as_ref();
        json!({
            "id": self.id, "object": "event", "api_version": API_VERSION, "created": self.created, "data": data,
            "livemode": false, "pending_webhooks": self.pending_webhooks,
            "request": {
                "id": request.map(|cause| &cause.id),
                "idempotency_key": request.and_then(|cause| cause.idempotency_key.as_ref()),
            },
            "type": self.kind,
        })
    }
}

/// All events that are kept. Cloning costs nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub struct EventLog {
    rows: Rows<Event>,
    places: Places,
    count: u64,
    next: u64,
    /// The first event that nobody has asked for with [`Self::take_outgoing`].
    outgoing: u64,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    rows: Vec<Arc<Event>>,
    next: u64,
    outgoing: u64,
}

impl EventLog {
    /// Adds an event and gives it its number.
    pub fn push(&mut self, mut event: Event) {
        event.number = self.next;
        self.next += 1;
        self.put(Arc::new(event));
        self.drop_oldest();
    }

    fn put(&mut self, event: Arc<Event>) {
        self.count += 1;
        self.places.insert(&event.id, event.number);
        self.rows.put(event.number, event);
    }

    fn drop_oldest(&mut self) {
        while self.count > KEPT {
            let oldest = self.rows.iter().next().map(Arc::clone);
            match oldest {
                Some(event) if event.pending_webhooks == 0 => {
                    self.rows.remove(event.number);
                    self.places.forget_below(event.number + 1);
                    self.count -= 1;
                }
                _ => break,
            }
        }
    }

    /// How many were made so far.
    pub fn made(&self) -> u64 {
        self.next
    }

    /// An event by its id.
    pub fn get(&self, id: &str) -> Option<&Event> {
        self.rows.get(self.place(id)?).map(|event| &**event)
    }

    fn place(&self, id: &str) -> Option<u64> {
        self.places.find(id, |place| self.rows.get(place).is_some_and(|event| event.id == id))
    }

    /// All that are kept, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Event> {
        self.rows.iter().rev().map(|event| &**event)
    }

    /// The events from a number on, oldest first.
    pub fn since(&self, number: u64) -> impl Iterator<Item = &Event> {
        self.rows.from(number).map(|event| &**event)
    }

    /// Whether there are events that nobody has asked for with [`Self::take_outgoing`].
    pub fn has_outgoing(&self) -> bool {
        self.outgoing < self.next
    }

    /// Nobody is to have the events so far.
    pub fn skip_outgoing(&mut self) {
        self.outgoing = self.next;
    }

    /// The events since the last time this was asked, oldest first: those to be delivered.
    pub fn take_outgoing(&mut self) -> Vec<Arc<Event>> {
        let taken = self.rows.from(self.outgoing).map(Arc::clone).collect();
        self.outgoing = self.next;
        taken
    }

    /// Changes an event that is kept, such as its pending deliveries.
    pub fn change(&mut self, id: &str, change: impl FnOnce(&mut Event)) {
        let place = self.place(id);
        if let Some(place) = place {
            self.rows.change(place, |event| change(Arc::make_mut(event)));
        }
    }
}

impl Table for EventLog {
    fn write_changes(&self, old: &dyn Table, into: &mut Vec<u8>) -> serde_json::Result<()> {
        write_row_changes(as_any::<Self>(old).map(|old| &old.rows), &self.rows, into)
    }

    fn lay(&mut self, _: Value, row: Value) -> serde_json::Result<()> {
        self.put(Arc::new(serde_json::from_value(row)?));
        Ok(())
    }

    fn empty(&mut self) {
        (self.rows, self.places, self.count) = (Rows::default(), Places::default(), 0);
    }
}

impl From<Saved> for EventLog {
    fn from(saved: Saved) -> Self {
        let mut log = Self { next: saved.next, outgoing: saved.outgoing, ..Self::default() };
        for event in saved.rows {
            log.put(event);
        }
        log
    }
}

impl From<EventLog> for Saved {
    fn from(log: EventLog) -> Self {
        let rows = log.rows.iter().map(Arc::clone).collect();
        Self { rows, next: log.next, outgoing: log.outgoing }
    }
}

//! Events: what happened, in order, with the object as it was then.
//!
//! What must hold: after any transaction, the last event about an object of a kind that has
//! `.updated` events carries the object as it now is. [`Books::create`], [`Books::update`] and
//! [`Books::transition`] see to that, so handlers change objects through these only.

mod log;
mod previous;

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use log::{Event, EventLog};
pub use previous::previous_attributes;

use crate::books::Books;
use crate::contract::{Contract, check_response};
use crate::fields::Fields;

/// The request that caused an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    pub id: String,
    pub idempotency_key: Option<String>,
}

/// An event whose object broke the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    pub kind: String,
    pub problem: String,
}

impl Books {
    /// Puts a new object on its shelf and says so.
    pub fn create(&mut self, object: &Value) {
        let kind = format!("{}.created", noun(object));
        let object = Arc::new(compact(object));
        self.store_shared(Arc::clone(&object));
        if is_event(&kind) {
            let text = self.record(&object, &[(&kind, None)]);
            self.moment.said = text.map(|text| (object, text));
        }
    }

    /// Puts a changed object in its place and says what changed; the same object again says nothing.
    pub fn update(&mut self, object: Value) {
        self.transition(object, &[]);
    }

    /// The same, with further events about the change: `invoice.paid` and the like.
    pub fn transition(&mut self, object: Value, kinds: &[&str]) {
        let updated = format!("{}.updated", noun(&object));
        let object = Arc::new(object);
        let old = self.store_shared(Arc::clone(&object));
        let previous = old.map_or(Value::Null, |old| previous_attributes(&old, &object));
        let is_changed = previous.as_object().is_some_and(|changed| !changed.is_empty());
        let mut all: Vec<(&str, Option<&Value>)> = Vec::new();
        if is_changed && is_event(&updated) {
            all.push((&updated, Some(&previous)));
        }
        all.extend(kinds.iter().map(|kind| (*kind, None)));
        let text = self.record(&object, &all);
        self.moment.said = text.map(|text| (object, text));
    }

    /// Leaves the stub of a deleted object and says so, with the object as it last was.
    pub fn remove(&mut self, id: &str) -> Option<Value> {
        let object = self.any(id)?.clone();
        let kind = format!("{}.deleted", noun(&object));
        if is_event(&kind) {
            self.emit(&kind, &object, None);
        }
        self.shelf_mut(object.text("object"))?.delete(id)
    }

    /// One event about an object.
    pub fn emit(&mut self, kind: &str, object: &Value, previous: Option<&Value>) {
        self.record(object, &[(kind, previous)]);
    }

    /// The object as text, if it was recorded and keeps the contract.
    fn record(&mut self, object: &Value, kinds: &[(&str, Option<&Value>)]) -> Option<Arc<str>> {
        if kinds.is_empty() || self.moment.is_preview {
            return None;
        }
        let problem = problem(object);
        let is_good = problem.is_none();
        if let Some(problem) = problem {
            let kind = kinds[0].0.to_owned();
            self.moment.broken.push(Broken { kind, problem });
        }
        let created = self.now_of(object);
        let text: Arc<str> = serde_json::to_string(object).unwrap_or_default().into();
        for (kind, previous) in kinds {
            self.events.push(Event {
                id: self.event_ids.object("evt"),
                kind: (*kind).to_owned(),
                created,
                object_id: object.id().to_owned(),
                object: Arc::clone(&text),
                previous_attributes: previous.map(|previous| previous.to_string().into()),
                cause: self.moment.cause.clone(),
                pending_webhooks: 0,
                number: 0,
            });
        }
        is_good.then_some(text)
    }
}

/// A copy whose maps are made from sorted keys, so that their nodes are full: what is put together key by
/// key takes half as much again, and most objects are never touched afterwards.
fn compact(value: &Value) -> Value {
    match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), compact(value))).collect(),
        Value::Array(list) => list.iter().map(compact).collect(),
        other => other.clone(),
    }
}

/// The object's name in the types of events.
fn noun(object: &Value) -> &str {
    match object.text("object") {
        "subscription" => "customer.subscription",
        "discount" => "customer.discount",
        "tax_id" => "customer.tax_id",
        other => other,
    }
}

/// Whether Stripe has an event of this type.
pub fn is_event(kind: &str) -> bool {
    static KINDS: OnceLock<HashSet<&str>> = OnceLock::new();
    let all = KINDS.get_or_init(|| {
        let contract = Contract::bundled();
        let kind = contract.schema("event").map(|event| contract.resolve(&event["properties"]["type"]));
        kind.and_then(|kind| kind["enum"].as_array()).into_iter().flatten().filter_map(Value::as_str).collect()
    });
    all.contains(kind)
}

/// What is wrong with an object by the contract.
fn problem(object: &Value) -> Option<String> {
    let contract = Contract::bundled();
    let shape = contract.shapes().named(&object.text("object").replace('.', "__"))?;
    check_response::violation(contract, shape, object)
}

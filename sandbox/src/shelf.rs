//! Objects of one kind, in the order they were made.
//!
//! The maps are persistent: cloning a shelf costs nothing, and a clone does not see what is
//! changed later. That is what transactions, previews and snapshots of the state rest on.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::persistent::{MapS, from_key};
use crate::places::Places;
use crate::rows::Rows;
use crate::state::{Table, as_any, write_row_changes};

/// Objects of one kind. Saved as a plain list, oldest first.
///
/// Behind one count: every change clones all shelves of the books, and touches one or two.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Arc<Value>>", into = "Vec<Arc<Value>>")]
pub struct Shelf(Arc<Inside>);

#[derive(Debug, Clone, Default)]
struct Inside {
    rows: Rows<Value>,
    places: Places,
    /// Customer and place, for objects that belong to one.
    owned: MapS<(Arc<str>, u64), ()>,
    next: u64,
}

impl Shelf {
    /// Adds an object under its own `id`, or puts it in the place of the one that had it, which
    /// is returned.
    pub fn put(&mut self, object: Value) -> Option<Arc<Value>> {
        self.put_shared(Arc::new(object))
    }

    /// The same with an object that others hold as well.
    pub fn put_shared(&mut self, object: Arc<Value>) -> Option<Arc<Value>> {
        Arc::make_mut(&mut self.0).put(object)
    }

    /// The object, or the stub of a deleted one.
    pub fn get(&self, id: &str) -> Option<&Value> {
        self.0.rows.get(self.0.place(id)?).map(|object| &**object)
    }

    /// The object unless it was deleted.
    pub fn living(&self, id: &str) -> Option<&Value> {
        self.get(id).filter(|object| !is_stub(object))
    }

    /// Everything not deleted, newest first, as Stripe lists.
    pub fn newest_first(&self) -> impl Iterator<Item = &Value> {
        self.0.rows.iter().rev().map(|object| &**object).filter(|object| !is_stub(object))
    }

    /// A customer's objects that are not deleted, newest first.
    pub fn of_customer(&self, customer: &str) -> impl Iterator<Item = &Value> {
        let customer: Arc<str> = customer.into();
        let own = from_key(&self.0.owned, (Arc::clone(&customer), 0)).take_while(|((owner, _), ())| *owner == customer);
        let places: Vec<u64> = own.map(|((_, place), ())| *place).collect();
        places.into_iter().rev().filter_map(|place| self.0.rows.get(place)).map(|o| &**o).filter(|o| !is_stub(o))
    }

    /// Leaves a stub where the object stood and returns it.
    pub fn delete(&mut self, id: &str) -> Option<Value> {
        let object = self.living(id)?;
        let stub = json!({"id": id, "object": object["object"], "deleted": true});
        self.put(stub.clone());
        Some(stub)
    }
}

impl Inside {
    fn put(&mut self, object: Arc<Value>) -> Option<Arc<Value>> {
        let id = object["id"].as_str().unwrap_or_default();
        let (place, old) = match self.place(id) {
            Some(place) => (place, self.rows.get(place).cloned()),
            None => (self.next, None),
        };
        if old.is_none() {
            self.places.insert(id, place);
            self.next += 1;
        }
        let owner = object["customer"].as_str();
        let before = old.as_ref().and_then(|old| old["customer"].as_str());
        if before != owner {
            if let Some(before) = before {
                self.owned.remove_cow(&(before.into(), place));
            }
            if let Some(owner) = owner {
                self.owned.insert_cow((owner.into(), place), ());
            }
        }
        self.rows.put(place, object);
        old
    }

    fn place(&self, id: &str) -> Option<u64> {
        self.places.find(id, |place| self.rows.get(place).is_some_and(|object| object["id"] == id))
    }
}

fn is_stub(object: &Value) -> bool {
    object.get("deleted").is_some_and(|deleted| deleted == true)
}

impl Table for Shelf {
    fn write_changes(&self, old: &dyn Table, into: &mut Vec<u8>) -> serde_json::Result<()> {
        write_row_changes(as_any::<Self>(old).map(|old| &old.0.rows), &self.0.rows, into)
    }

    fn lay(&mut self, key: Value, row: Value) -> serde_json::Result<()> {
        let place: u64 = serde_json::from_value(key)?;
        let rows = Arc::make_mut(&mut self.0);
        let next = rows.next.max(place + 1);
        rows.next = place;
        rows.put(Arc::new(row));
        rows.next = next;
        Ok(())
    }

    fn empty(&mut self) {
        *self = Self::default();
    }
}

impl From<Vec<Arc<Value>>> for Shelf {
    fn from(rows: Vec<Arc<Value>>) -> Self {
        let mut shelf = Self::default();
        for row in rows {
            shelf.put_shared(row);
        }
        shelf
    }
}

impl From<Shelf> for Vec<Arc<Value>> {
    fn from(shelf: Shelf) -> Self {
        shelf.0.rows.iter().map(Arc::clone).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Shelf;
    use serde_json::json;

    #[test]
    fn a_clone_does_not_see_later_changes_and_owners_are_followed() {
        let mut shelf = Shelf::default();
        shelf.put(json!({"id": "pm_1", "customer": null}));
        shelf.put(json!({"id": "pm_2", "customer": "cus_1"}));
        let before = shelf.clone();
        shelf.put(json!({"id": "pm_1", "customer": "cus_1"}));
        let ids = |shelf: &Shelf, customer: &str| -> Vec<String> {
            shelf.of_customer(customer).filter_map(|o| o["id"].as_str().map(str::to_owned)).collect()
        };
        assert_eq!(ids(&shelf, "cus_1"), ["pm_2", "pm_1"]);
        assert_eq!(ids(&before, "cus_1"), ["pm_2"]);
        shelf.delete("pm_2");
        assert_eq!(ids(&shelf, "cus_1"), ["pm_1"]);
        assert_eq!(shelf.newest_first().count(), 1);
        assert_eq!(shelf.get("pm_2"), Some(&json!({"id": "pm_2", "object": null, "deleted": true})));
    }
}

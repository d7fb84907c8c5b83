//! Objects of one kind, in the order they were made.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Objects of one kind. Saved as a plain list, oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Value>", into = "Vec<Value>")]
pub struct Shelf {
    rows: Vec<Value>,
    places: HashMap<String, usize>,
}

impl Shelf {
    /// Adds an object under its own `id`.
    pub fn insert(&mut self, object: Value) {
        if let Some(id) = object["id"].as_str() {
            self.places.insert(id.to_owned(), self.rows.len());
        }
        self.rows.push(object);
    }

    /// The object, or the stub of a deleted one.
    pub fn get(&self, id: &str) -> Option<&Value> {
        self.places.get(id).map(|&place| &self.rows[place])
    }

    /// The object unless it was deleted.
    pub fn living(&self, id: &str) -> Option<&Value> {
        self.get(id).filter(|object| !is_stub(object))
    }

    /// The object unless it was deleted, to be changed.
    pub fn living_mut(&mut self, id: &str) -> Option<&mut Value> {
        let place = *self.places.get(id)?;
        Some(&mut self.rows[place]).filter(|object| !is_stub(object))
    }

    /// Everything not deleted, newest first, as Stripe lists.
    pub fn newest_first(&self) -> impl Iterator<Item = &Value> {
        self.rows.iter().rev().filter(|object| !is_stub(object))
    }

    /// Everything not deleted, to be changed.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.rows.iter_mut().filter(|object| !is_stub(object))
    }

    /// Leaves a stub where the object stood and returns it.
    pub fn delete(&mut self, id: &str) -> Option<Value> {
        let object = self.living_mut(id)?;
        *object = json!({"id": id, "object": object["object"], "deleted": true});
        Some(object.clone())
    }
}

fn is_stub(object: &Value) -> bool {
    object["deleted"] == true
}

impl From<Vec<Value>> for Shelf {
    fn from(rows: Vec<Value>) -> Self {
        let mut shelf = Self::default();
        for row in rows {
            shelf.insert(row);
        }
        shelf
    }
}

impl From<Shelf> for Vec<Value> {
    fn from(shelf: Shelf) -> Self {
        shelf.rows
    }
}

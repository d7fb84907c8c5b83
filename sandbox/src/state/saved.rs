//! All that outlives the process. Cloning costs nothing.

use serde::{Deserialize, Serialize};

use super::table::Table;
use crate::books::Books;
use crate::http::idempotency::IdempotencyKeys;
use crate::memory::Memory;
use crate::webhooks::fan_out::Target;
use crate::webhooks::queue::{Deliveries, Kept};
use crate::webhooks::settings::Settings;

/// All that outlives the process.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Saved {
    books: Books,
    keys: IdempotencyKeys,
    target: Option<Target>,
    delivery: Settings,
    deliveries: Kept,
}

impl Saved {
    /// What of the memory is saved.
    pub fn of(memory: &Memory) -> Self {
        Self {
            books: memory.books.clone(),
            keys: memory.keys.clone(),
            target: memory.webhooks.target.clone(),
            delivery: memory.webhooks.settings.clone(),
            deliveries: memory.webhooks.deliveries.rows().clone(),
        }
    }

    /// Lays it over a fresh memory.
    pub fn into_memory(self, memory: &mut Memory) {
        (memory.books, memory.keys) = (self.books, self.keys);
        (memory.webhooks.target, memory.webhooks.settings) = (self.target, self.delivery);
        memory.webhooks.deliveries = Deliveries::from_rows(self.deliveries);
        // Their work was cut off before anything was answered.
        memory.keys.release_unfinished();
    }

    /// The number of the newest delivery.
    pub fn deliveries_made(&self) -> u64 {
        self.deliveries.made
    }

    /// The tables, by name. What is in no table is small and is written whole.
    pub fn tables(&self) -> Vec<(&'static str, &dyn Table)> {
        let mut tables = self.books.tables();
        tables.push(("keys", &self.keys.entries));
        tables.push(("deliveries", &self.deliveries.rows));
        tables
    }

    /// A table, to be changed.
    pub fn table_mut(&mut self, name: &str) -> Option<&mut dyn Table> {
        match name {
            "keys" => Some(&mut self.keys.entries),
            "deliveries" => Some(&mut self.deliveries.rows),
            _ => self.books.table_mut(name),
        }
    }

    /// The same without its tables' rows.
    pub fn without_rows(&self) -> Self {
        let mut rest = self.clone();
        let names: Vec<&str> = self.tables().into_iter().map(|(name, _)| name).collect();
        for name in names {
            if let Some(table) = rest.table_mut(name) {
                table.empty();
            }
        }
        rest
    }
}

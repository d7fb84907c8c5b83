//! Tables of the state: persistent maps whose changes are journalled row by row.

use std::any::Any;

use crate::persistent::MapS;
use crate::rows::Rows;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::compare::{Difference, Row, difference, difference_of_rows};

/// A table as the journal sees it.
pub trait Table: Any {
    /// Appends `,[key,row]` for each row that `old` has not, and `,[key]` for each that is gone.
    /// Another kind of table as `old` counts as an empty one.
    fn write_changes(&self, old: &dyn Table, into: &mut Vec<u8>) -> serde_json::Result<()>;
    /// Lays a row over the table.
    fn lay(&mut self, key: Value, row: Value) -> serde_json::Result<()>;
    /// Takes all rows off.
    fn empty(&mut self);
}

/// Appends the changes between two versions of a map.
pub fn write_map_changes<K, V>(old: Option<&MapS<K, V>>, new: &MapS<K, V>, into: &mut Vec<u8>) -> serde_json::Result<()>
where
    K: Ord + Clone + Serialize,
    V: Row + Serialize,
{
    let none = MapS::new();
    write_difference(difference(old.unwrap_or(&none), new), into)
}

/// Appends the changes between two versions of rows.
pub fn write_row_changes<V: Serialize>(
    old: Option<&Rows<V>>,
    new: &Rows<V>,
    into: &mut Vec<u8>,
) -> serde_json::Result<()> {
    let none = Rows::default();
    write_difference(difference_of_rows(old.unwrap_or(&none), new), into)
}

fn write_difference<K: Serialize, V: Serialize>(
    found: Difference<'_, K, V>,
    into: &mut Vec<u8>,
) -> serde_json::Result<()> {
    for row in found.put {
        into.push(b',');
        serde_json::to_writer(&mut *into, &row)?;
    }
    for key in found.gone {
        into.push(b',');
        serde_json::to_writer(&mut *into, &(key,))?;
    }
    Ok(())
}

/// A table as what it is.
pub fn as_any<T: Table>(table: &dyn Table) -> Option<&T> {
    (table as &dyn Any).downcast_ref()
}

impl<K, V> Table for MapS<K, V>
where
    K: Ord + Clone + Serialize + DeserializeOwned + 'static,
    V: Row + Serialize + DeserializeOwned + 'static,
{
    fn write_changes(&self, old: &dyn Table, into: &mut Vec<u8>) -> serde_json::Result<()> {
        write_map_changes(as_any::<Self>(old), self, into)
    }

    fn lay(&mut self, key: Value, row: Value) -> serde_json::Result<()> {
        self.insert_cow(serde_json::from_value(key)?, serde_json::from_value(row)?);
        Ok(())
    }

    fn empty(&mut self) {
        *self = Self::new();
    }
}

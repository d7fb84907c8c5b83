//! `--state FILE`: objects, events, deliveries and idempotency keys outlive the process.
//!
//! The file is a journal: the whole state once, then what each change changed. It is written
//! anew when the changes have grown past the whole.

mod compare;
mod file;
mod saved;
mod table;

pub use file::{StateError, StateFile};
pub use table::{Table, as_any, write_map_changes, write_row_changes};

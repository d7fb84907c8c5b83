//! The audit log as people read it.

mod entries;
pub mod page;

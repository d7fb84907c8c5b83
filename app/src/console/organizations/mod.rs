//! Organisations, as operators look for them and at them.

pub mod address;
pub mod list;
pub mod page;

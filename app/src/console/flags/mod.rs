//! Feature flags, with their history.

pub mod api;
pub mod page;

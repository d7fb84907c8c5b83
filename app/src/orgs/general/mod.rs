//! What an organization is called, and its end.

pub mod api;
pub mod closing;
mod danger;
pub mod page;

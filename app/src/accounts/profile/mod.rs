//! What one is called, and what the account is made of.

pub mod api;
pub mod page;

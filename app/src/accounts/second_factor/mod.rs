//! The second step of signing in.

pub mod api;
pub mod page;

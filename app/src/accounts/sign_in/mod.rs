//! Signing in with a password, and out.

pub mod api;
pub mod page;

//! What an organization asks of its members' sign-in.

pub mod api;
pub mod page;

//! Passkeys: the ceremony's forms, and what they are sent to.

pub mod api;
pub mod ceremony;
pub mod list;

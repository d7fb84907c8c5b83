//! Organisations.

mod authorize;
mod list_members;
mod security;

pub use security::SecurityView;

pub(crate) use authorize::{refusal, refuse_unless};

//! Organisations.

mod access_rules;
mod authorize;
mod break_glass;
mod list_members;
mod security;

pub use security::SecurityView;

pub(crate) use authorize::{refusal, refuse_unless};

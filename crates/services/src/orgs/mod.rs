//! Organisations.

mod authorize;
mod list_members;

pub(crate) use authorize::{refusal, refuse_unless};

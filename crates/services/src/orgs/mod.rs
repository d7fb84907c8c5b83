//! Organisations.

mod authorize;
mod list_members;

pub(crate) use authorize::refuse_unless;

//! The organisation's audit trail.

pub mod page;

//! The audit log as people read it.

mod address;
mod api;
mod entries;
mod filter_form;
pub mod page;
mod retention_form;

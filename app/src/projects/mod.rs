//! Projects of an organization: what a product built on this replaces with its own.

pub mod api;
pub mod crumbs;
pub mod list;
pub mod page;
mod search_form;

//! Mail that did not go out.

pub mod api;
pub mod page;

//! What an invitation's link leads to.

pub mod api;
pub mod page;

//! One's e-mail address, and changing it.

pub mod api;
pub mod page;

//! Posts in a project.

pub mod api;
pub mod edit;
mod form;
mod markdown;
pub mod new;
pub mod page;

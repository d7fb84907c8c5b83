//! What surrounds pages.

pub mod account;
pub mod brand;
mod built_files;
pub mod moment;
pub mod org;
mod organization_switcher;
pub(crate) mod page_title;
pub mod person;
pub mod public;
pub mod settings;
pub mod shell;

//! What surrounds pages.

pub mod moment;
pub mod org;
pub mod public;
pub mod settings;
pub mod shell;

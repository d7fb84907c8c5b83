//! An organisation's own pages.

pub mod general;
pub mod invitation;
pub mod members;
pub mod membership;
pub mod overview;
pub mod security;

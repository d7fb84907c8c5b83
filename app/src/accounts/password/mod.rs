//! Passwords: forgotten, chosen anew, changed, and how good they are.

pub mod api;
pub mod change;
pub mod forgot;
pub mod new_field;
pub mod reset;
pub mod strength;

//! What an organization asks of its members' sign-in, and when and from where it may be used.

mod access_form;
pub mod api;
pub mod break_glass;
pub mod page;

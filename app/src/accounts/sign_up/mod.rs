//! Signing up: the form, the wait for the mail, and the link in it.

pub mod api;
pub mod check_mail;
pub mod page;
pub mod verify_email;

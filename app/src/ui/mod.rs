//! Islands and small parts without domain words.

pub mod busy_button;
pub mod password_field;

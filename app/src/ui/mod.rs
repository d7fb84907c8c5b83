//! Islands and small parts without domain words.

pub mod busy_button;
#[cfg(feature = "ssr")]
pub mod icon;
pub mod menu_closer;
pub mod password_field;
#[cfg(feature = "ssr")]
pub mod raw;
pub mod strength_meter;
#[cfg(feature = "ssr")]
pub mod text_area;
#[cfg(feature = "ssr")]
pub mod text_field;
#[cfg(feature = "ssr")]
pub mod username_field;

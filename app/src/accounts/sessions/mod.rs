//! Where one is signed in (check S06).

pub mod api;
pub mod page;

//! Proving once more who one is, before what needs a recent proof (check L06).

pub mod api;
pub mod page;

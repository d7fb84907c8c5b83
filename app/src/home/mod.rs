//! The start page.

mod illustration;
pub mod page;
mod welcome;

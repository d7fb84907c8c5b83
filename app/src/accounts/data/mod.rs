//! What is stored of somebody: taken along as a file, and deleted.

pub mod api;
mod departure;
pub mod keep;
pub mod page;

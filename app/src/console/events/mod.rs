//! The payment provider's events (W-06).

mod address;
pub use address::LIST;
pub mod api;
pub mod list;
pub mod page;

//! What operators see: across organisations on purpose, and so apart from everything else.
//!
//! The tables of the product (projects, posts) are not read here: they have their own door, which
//! knows one organisation at a time (`tenant.rs`).

mod events;
mod flags;
mod mail;
mod organizations;

pub use events::{EventDetail, EventFilter, EventSummary, Replay, Tries};
pub use flags::FlagSetting;
pub use mail::FailedRow;
pub use organizations::OrganizationSummary;

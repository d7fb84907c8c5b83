//! Pure rules of Portico: no async, no clock, no environment, no storage.
//!
//! Time is an argument ([`Timestamp`]), identifiers are types, and what a person
//! typed becomes one of these types exactly once, at the edge.

pub mod accounts;
pub mod audit;
pub mod billing;
pub mod card_number;
pub mod cursor;
pub mod flags;
pub mod form;
mod ids;
mod line;
pub mod orgs;
pub mod outbox;
pub mod projects;
mod timestamp;

pub use ids::{CustomerId, OrgId, PostId, ProjectId, SubscriptionId, UserId};
pub use timestamp::{Millis, Timestamp};

//! For tests only: Portico on a fresh database with a sandbox of its own, driven
//! from outside over HTTP, and the database read as an oracle.

// A test's own tools may stop at the first thing that is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod alerts;
mod app;
mod authenticator;
mod browser;
mod clock;
mod database;
pub mod identity_provider;
mod people;
mod post_office;
mod provider;
mod sent_mail;
mod soft_key;
mod stripe_signature;

pub use alerts::SeenAlerts;
pub use app::{Node, World};
pub use authenticator::Authenticator;
pub use browser::{Browser, Page};
pub use clock::TurnedClock;
pub use database::{Database, each_database};
pub use identity_provider::IdentityProvider;
pub use people::{PASSWORD, PASSWORD_HASH};
pub use post_office::{Fault, PostOffice, Privacy, Received, Step};
pub use provider::Provider;
pub use sent_mail::SentMail;
pub use soft_key::SoftKey;
pub use stripe_signature::signature;

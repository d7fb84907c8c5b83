//! Use cases, one verb per file: load, ask policy and domain, store, call ports.
//!
//! Everything that acts takes an [`Actor`]; an `Actor` comes only from
//! [`Actor::of_session`], with the person that was read together with a live session. What is
//! outside (payments, the clock, randomness) is a trait here and an argument.

pub mod accounts;
mod alert;
pub mod audit;
pub mod billing;
mod clock;
pub mod console;
mod entropy;
mod error;
mod export;
pub mod flags;
pub mod mail;
pub mod orgs;
mod outbox;
pub mod passkeys;
pub mod posts;
pub mod projects;
mod sealing;
pub mod second_factors;
mod services;
mod token;

pub use accounts::{Actor, Origin};
pub use alert::{Alert, Alerts, LogAndCount};
pub use clock::Clock;
pub use entropy::Entropy;
pub use error::ServiceError;
pub use sealing::{SealError, Sealer, SealingKey};
pub use services::{CustomerPages, Ports, Services, Settings};
pub use token::{hash_token, new_token};

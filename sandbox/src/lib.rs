//! A stateful, strict stand-in for Stripe, for development and tests.
//!
//! It speaks Stripe's API (`/v1/…`) at version 2026-09-30.endive, checks every request and
//! every answer of its own against a contract derived from Stripe's client library, and shows
//! the hosted portal. What it does not model answers 501. It listens on loopback only and is
//! never part of the server; nothing of Portico's is used by it.
//!
//! ```no_run
//! # async fn example() -> Result<(), sandbox::ServeError> {
//! let listener = sandbox::bind(([127, 0, 0, 1], 0).into()).await?;
//! let running = sandbox::serve(listener, sandbox::Options::default()).await?;
//! println!("{} and {}", running.url(), running.public_url());
//! running.stop().await;
//! # Ok(())
//! # }
//! ```

// The invoice is one JSON literal with many keys.
#![recursion_limit = "256"]

mod admission;
mod agenda;
mod answer;
mod api;
mod background;
mod billing;
mod books;
mod calendar;
mod caught;
pub mod clock;
pub mod contract;
mod control;
mod events;
mod fields;
mod github;
pub mod http;
mod ids;
mod inside;
mod job;
mod life;
mod memory;
mod money;
mod objects;
mod pages;
mod payments;
mod perform;
mod persistent;
mod places;
mod router;
mod rows;
mod saving;
mod server;
mod settings;
mod shelf;
mod state;
mod transaction;
mod webhooks;
mod wire;

pub use server::{Options, Running, ServeError, bind, serve};

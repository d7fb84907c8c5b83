//! The composition root: configuration, wiring, router and commands of `portico`.

pub mod clock;
pub mod commands;
pub mod config;
pub mod doors;
pub mod entropy;
pub mod environment;
mod executor;
mod http;
pub mod listener;
pub mod log;
mod middleware;
pub mod router;
mod sessions;
pub mod wiring;

//! Portico from outside: the real router over HTTP, the sandbox as payment
//! provider, the database as oracle; on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is wrong")]

mod actions;
mod command_line;
mod customer;
mod database_away;
mod flag;
mod headers;
mod hostile_text;
mod limits;
mod migrations;
mod portal;
mod process;
mod provider_faults;
mod rooms;
mod secrets;
mod separation;
mod sessions;
mod sign_in;
mod tenants;
mod visibility;
mod walk;

use std::sync::Once;

/// Whether the long proofs are wanted (`make prove`).
#[expect(clippy::disallowed_methods, reason = "`make prove` says so by the environment")]
fn proving() -> bool {
    std::env::var("PORTICO_PROVE").is_ok()
}

/// A figure for `make prove`, beside its bar.
fn figure(name: &str, value: impl std::fmt::Display, bar: &str) {
    static HEADING: Once = Once::new();
    HEADING.call_once(|| println!("FIGURE name value bar"));
    println!("FIGURE {name} {value} {bar}");
}

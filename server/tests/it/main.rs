//! Portico from outside: the real router over HTTP, the sandbox as payment
//! provider, the database as oracle; on SQLite and on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first thing that is wrong"
)]

mod access_rules;
mod account;
mod actions;
mod audit_log;
mod card_numbers;
mod checkout;
mod circuit;
mod command_line;
mod confirm;
mod console;
mod customer;
mod database_away;
mod deletion;
mod dev_mail;
mod email_change;
mod export;
mod flag;
mod forged_deliveries;
mod headers;
mod hostile_text;
mod html;
mod impersonation;
mod inbox_faults;
mod invitations;
mod invoice_mail;
mod jobs;
mod left_behind;
mod letters;
mod limits;
mod mail;
mod masked;
mod matrix;
mod members;
mod migrations;
mod org_deletion;
mod org_security;
mod org_settings;
mod outbox;
mod own_sessions;
mod passkeys;
mod passwords;
mod plan_changes;
mod portal;
mod process;
mod projects;
mod provider_faults;
mod reconcile;
mod registered_customer;
mod registration;
mod replies;
mod rooms;
mod same_answer;
mod second_factors;
mod secrets;
mod separation;
mod sessions;
mod shop;
mod sign_in;
mod slow_clients;
mod social;
mod tables;
mod tenants;
mod timing;
mod until;
mod unwanted_mail;
mod use_cases;
mod visibility;
mod walk;
mod webhooks;

use std::{fmt, sync::Once};

/// Whether the long proofs are wanted (`make prove`).
#[expect(clippy::disallowed_methods, reason = "`make prove` says so by the environment")]
fn proving() -> bool {
    std::env::var("PORTICO_PROVE").is_ok()
}

/// What a figure must keep to.
#[derive(Clone, Copy)]
enum Bar {
    Below(f64),
    AtLeast(f64),
    Between(f64, f64),
}

impl Bar {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::Below(bound) => value < bound,
            Self::AtLeast(bound) => value >= bound,
            Self::Between(low, high) => (low..=high).contains(&value),
        }
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Below(bound) => write!(f, "<{bound}"),
            Self::AtLeast(bound) => write!(f, ">={bound}"),
            Self::Between(low, high) => write!(f, "{low:.2}..{high:.2}"),
        }
    }
}

/// A figure for `make prove`, beside its bar: there is none without one, and one that
/// misses it fails its test.
#[track_caller]
#[expect(clippy::cast_possible_truncation, reason = "printed with two digits")]
fn figure(name: &str, value: f64, bar: Bar) {
    static HEADING: Once = Once::new();
    HEADING.call_once(|| println!("FIGURE name value bar"));
    let short = if value.fract() == 0.0 { format!("{}", value as i64) } else { format!("{value:.2}") };
    println!("FIGURE {name} {short} {bar}");
    assert!(bar.holds(value), "{name}: {short}, and the bar is {bar}");
}

fn milliseconds(time: std::time::Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

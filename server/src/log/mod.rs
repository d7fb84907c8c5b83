//! The log: one JSON line per event in production, readable lines in development.
//!
//! What must hold: no secret in it at any level (P-07, check S02). Libraries that
//! write headers or bodies at their lowest levels are held to warnings, whatever
//! is asked for.

mod redact;

use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

use self::redact::Redacted;
use crate::config::Mode;

/// Write requests, headers or statements at debug or trace.
const CAPPED: [&str; 10] = [
    "hyper",
    "hyper_util",
    "h2",
    "lettre",
    "rustls",
    "sqlx",
    "sea_orm",
    "stripe",
    "tower_sessions",
    "tower_sessions_core",
];

/// `PORTICO_LOG`: directives as in `info,services=debug`. Default `info`.
pub fn init(mode: Mode, directives: Option<&str>) {
    let mut filter = EnvFilter::new(directives.unwrap_or("info"));
    for library in CAPPED {
        if let Ok(cap) = format!("{library}=warn").parse() {
            filter = filter.add_directive(cap);
        }
    }
    let registry = tracing_subscriber::registry().with(filter);
    // A second call (tests start several servers in one process) changes nothing.
    let _ = match mode {
        Mode::Production => {
            registry.with(tracing_subscriber::fmt::layer().json().with_writer(Redacted(std::io::stderr))).try_init()
        }
        Mode::Development => {
            registry.with(tracing_subscriber::fmt::layer().with_writer(Redacted(std::io::stderr))).try_init()
        }
    };
    // A panic's words go to stderr by themselves, past the layer above; send them through it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let words = panic.payload_as_str().unwrap_or("no words");
        tracing::error!(place, words, "panic");
    }));
}

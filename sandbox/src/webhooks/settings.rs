//! How deliveries are made.

use serde::{Deserialize, Serialize};

use super::backoff::Schedule;

/// How deliveries are made; what is absent in JSON is as usual.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Real milliseconds that a receiver has to answer.
    pub timeout_ms: u64,
    /// Deliveries to one target that may be under way together. With 1 they keep their order.
    pub at_once: usize,
    /// Seconds of the sandbox's clock between attempts.
    pub retry_after: Schedule,
}

impl Default for Settings {
    fn default() -> Self {
        Self { timeout_ms: 10_000, at_once: 1, retry_after: Schedule::default() }
    }
}

impl Settings {
    /// Says what is wrong with settings that somebody asked for.
    pub fn check(&self) -> Result<(), String> {
        if !(1..=120_000).contains(&self.timeout_ms) {
            return Err("timeout_ms must be 1 to 120000".to_owned());
        }
        if !(1..=64).contains(&self.at_once) {
            return Err("at_once must be 1 to 64".to_owned());
        }
        if !self.retry_after.is_sound() {
            return Err("retry_after must hold whole seconds from 1".to_owned());
        }
        Ok(())
    }
}

//! What an account's owner decides in Stripe's dashboard: here by `/_sandbox/settings`.

use serde::{Deserialize, Serialize};

/// What becomes of a subscription when the last attempt to collect has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterRetries {
    #[default]
    Cancel,
    Unpaid,
    PastDue,
}

/// The account's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Days from each failed attempt to collect an invoice to the next one.
    pub retry_days: Vec<u32>,
    pub after_retries: AfterRetries,
}

impl Default for Settings {
    fn default() -> Self {
        Self { retry_days: vec![3, 5, 7], after_retries: AfterRetries::default() }
    }
}

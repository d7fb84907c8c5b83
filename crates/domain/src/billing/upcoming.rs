//! What comes next, for people to read: the next invoice, and a change that waits for the end of the
//! period. Nothing is decided by it.

use serde::{Deserialize, Serialize};

use super::{Interval, Money};
use crate::Timestamp;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upcoming {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<NextInvoice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ScheduledChange>,
}

/// As the provider works it out: discounts, credit and what was used are in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextInvoice {
    pub due: Money,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledChange {
    /// A slug; empty for one that the catalogue does not know.
    pub plan: String,
    pub interval: Option<Interval>,
    pub seats: u32,
    pub at: Timestamp,
}

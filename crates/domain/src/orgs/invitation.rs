//! How long invitations are good, and how many there may be (checks T07, T08).

use crate::{Millis, accounts::throttle::Limit};

/// From being sent to being too old.
pub const INVITATION_LIFE: Millis = Millis::days(7);
/// At one time, of one organisation.
pub const MOST_OPEN_INVITATIONS: u64 = 50;
/// Mails with an invitation that one organisation may send, the repeated ones included.
pub const INVITATIONS_PER_ORGANIZATION: Limit = Limit { attempts: 100, window: Millis::days(1) };

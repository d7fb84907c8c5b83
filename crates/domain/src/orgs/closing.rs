//! Deleting an organisation (check T10).

use crate::Millis;

/// How long its owners can change their minds.
pub const CLOSING_GRACE: Millis = Millis::days(30);

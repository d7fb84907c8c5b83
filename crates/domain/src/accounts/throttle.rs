//! How often somebody may try a password (checks L02, ASVS 6.3.1).
//!
//! Counted per account and per network address in fixed windows. A window ends
//! by itself: nobody is locked out for good, and nobody can lock another out for
//! longer than a window.

use crate::{Millis, Timestamp};

/// A bound on attempts within a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub attempts: u32,
    pub window: Millis,
}

/// Wrong or right, an attempt counts; a right one then clears the account's count
/// and is taken back from the address's.
pub const PER_ACCOUNT: Limit = Limit { attempts: 10, window: Millis::minutes(15) };
/// Wider, because an office shares an address.
pub const PER_ADDRESS: Limit = Limit { attempts: 100, window: Millis::minutes(15) };

/// Mails that one form may send to one mailbox: sign-up, reset and change of address count
/// apart, so that none of them can be used to keep the others away.
pub const MAILS_PER_EMAIL: Limit = Limit { attempts: 5, window: Millis::hours(1) };
/// Mails that one network address may cause, to whomever.
pub const MAILS_PER_ADDRESS: Limit = Limit { attempts: 50, window: Millis::hours(1) };
/// Passwords whose strength one network address may ask for: somebody who types, pauses and
/// tries again, in an office.
pub const STRENGTHS_PER_ADDRESS: Limit = Limit { attempts: 600, window: Millis::minutes(15) };

impl Limit {
    /// The start of the window that `now` is in; counters are kept by it.
    pub fn window_start(&self, now: Timestamp) -> Timestamp {
        Timestamp::from_millis(now.as_millis() - now.as_millis().rem_euclid(self.window.0))
    }

    /// Whole seconds until the window ends, at least one: what `Retry-After` says.
    pub fn retry_after_seconds(&self, now: Timestamp) -> i64 {
        let end = self.window_start(now) + self.window;
        ((end.as_millis() - now.as_millis()) + 999) / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_tile_time() {
        let limit = Limit { attempts: 1, window: Millis::minutes(15) };
        let start = Timestamp::from_millis(900_000 * 7);
        assert_eq!(limit.window_start(start), start);
        assert_eq!(limit.window_start(start + Millis(899_999)), start);
        assert_eq!(limit.window_start(start + Millis(900_000)), start + Millis::minutes(15));
        assert_eq!(limit.retry_after_seconds(start), 900);
        assert_eq!(limit.retry_after_seconds(start + Millis(899_999)), 1);
    }
}

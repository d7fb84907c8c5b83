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

/// Codes of an authenticator: three of a million are right at any moment, and whoever tries
/// knows the password already. A right one clears it.
pub const PER_SECOND_FACTOR: Limit = Limit { attempts: 5, window: Millis::minutes(15) };

/// And over a day, whatever was right in between: a right code is only taken back.
pub const PER_SECOND_FACTOR_AND_DAY: Limit = Limit { attempts: 30, window: Millis::days(1) };

/// Recovery codes, which can't be guessed: so that nobody keeps another from using one by
/// trying the authenticator's codes.
pub const PER_RECOVERY: Limit = Limit { attempts: 10, window: Millis::minutes(15) };

/// A counter is of use for as long as its window, whatever the sweep thinks of its age.
pub const LONGEST_WINDOW: Millis = PER_SECOND_FACTOR_AND_DAY.window;

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

    /// RFC 6238 section 5.2 and NIST SP 800-63B 3.2.2: somebody who knows the password and
    /// tries codes as fast as they are let, for a year, must most likely fail.
    #[test]
    fn l02_six_digits_are_not_guessed() {
        let chance_of_one = 3.0 / 1e6;
        for (name, limit, days, at_most) in [
            ("a quarter of an hour", PER_SECOND_FACTOR, 0.0, 2e-5),
            ("a day", PER_SECOND_FACTOR_AND_DAY, 1.0, 1e-4),
            ("a month", PER_SECOND_FACTOR_AND_DAY, 30.0, 3e-3),
            ("a year", PER_SECOND_FACTOR_AND_DAY, 365.0, 4e-2),
        ] {
            let tries = f64::from(limit.attempts) * f64::max(days, 1.0);
            let chance = 1.0 - (1.0_f64 - chance_of_one).powf(tries);
            assert!(chance < at_most, "{name}: {chance}");
        }
        const { assert!(PER_SECOND_FACTOR.attempts < PER_SECOND_FACTOR_AND_DAY.attempts) };
        for limit in [PER_ACCOUNT, PER_ADDRESS, PER_SECOND_FACTOR, PER_SECOND_FACTOR_AND_DAY, PER_RECOVERY] {
            assert!(limit.window <= LONGEST_WINDOW, "a counter is swept away before its window ends");
        }
    }

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

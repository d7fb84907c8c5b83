//! When something that did not work is tried again.

use crate::{Millis, Timestamp};

const FIRST_PAUSE: Millis = Millis::seconds(5);
const LONGEST_PAUSE: Millis = Millis::minutes(15);
/// What did not work for three days is looked at by people.
const PATIENCE: Millis = Millis::days(3);
/// For this long the same intent is known to have been done.
pub const REMEMBERED: Millis = Millis::days(7);

/// The pause after the `attempts`th failure: doubled each time, a quarter of an hour at most.
pub fn pause_after(attempts: u32) -> Millis {
    let doubled = FIRST_PAUSE.0.checked_shl(attempts.saturating_sub(1)).filter(|ms| *ms > 0);
    Millis(doubled.unwrap_or(LONGEST_PAUSE.0).min(LONGEST_PAUSE.0))
}

/// Whether it has been tried for long enough.
pub fn is_hopeless(created_at: Timestamp, now: Timestamp) -> bool {
    now >= created_at + PATIENCE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_quarter_of_an_hour_and_stay_there() {
        let pauses: Vec<i64> = (1..=10).map(|attempts| pause_after(attempts).0 / 1000).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
        for attempts in [0, 60, 63, 64, 65, u32::MAX] {
            assert!((5000..=900_000).contains(&pause_after(attempts).0), "{attempts}");
        }
    }

    #[test]
    fn hope_ends_after_three_days() {
        let at = Timestamp::from_millis(0);
        assert!(!is_hopeless(at, at + Millis(Millis::days(3).0 - 1)));
        assert!(is_hopeless(at, at + Millis::days(3)));
    }
}

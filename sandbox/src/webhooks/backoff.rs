//! When a delivery that failed is tried again.

use serde::{Deserialize, Serialize};

/// Seconds between one attempt and the next. Stripe says no more than that it retries with growing
/// pauses for three days (live) or three times within hours (sandboxes); these are ours: quick at
/// first, as tests and developers like it, and three days in all.
const USUAL: [i64; 10] = [5, 25, 120, 600, 3_600, 10_800, 28_800, 43_200, 86_400, 86_400];

/// The pauses, in seconds of the sandbox's clock. Empty: one attempt and no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule(Vec<i64>);

impl Default for Schedule {
    fn default() -> Self {
        Self(USUAL.to_vec())
    }
}

impl Schedule {
    /// When the attempt after `made` attempts is due, the last of which failed at `now`. `None`
    /// once all have been made.
    pub fn next(&self, made: usize, now: i64) -> Option<i64> {
        let pause = self.0.get(made.checked_sub(1)?)?;
        Some(now.saturating_add(*pause))
    }

    /// Whether every pause is at least a second.
    pub fn is_sound(&self) -> bool {
        self.0.iter().all(|pause| *pause >= 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Schedule, USUAL};

    #[test]
    fn pauses_grow_for_three_days_and_then_end() {
        assert!(USUAL.is_sorted());
        assert!((3 * 86_400..4 * 86_400).contains(&USUAL.iter().sum::<i64>()));
        let schedule = Schedule::default();
        assert_eq!(schedule.next(1, 1_000), Some(1_005));
        assert_eq!(schedule.next(USUAL.len(), 0), Some(86_400));
        assert_eq!(schedule.next(USUAL.len() + 1, 0), None);
        assert_eq!(schedule.next(0, 0), None);
        assert_eq!(Schedule(vec![]).next(1, 0), None);
    }
}

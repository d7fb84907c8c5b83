//! An answer whose time says nothing about what was done for it (check R01).
//!
//! Asking for a reset hashes no password, so all that it does takes a few milliseconds, and tens of
//! microseconds more where there is an account: a row more is looked at, a key more checked. Over
//! enough tries that can be measured. So it is answered on the next beat of a clock that began with
//! it; what is left to see is whether the work was just done before a beat or just after.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Longer than the work takes on a quiet machine.
const BEAT: Duration = Duration::from_millis(25);

pub(super) async fn on_the_beat<T>(work: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let done = work.await;
    sleep_until(next_beat(begun, begun.elapsed())).await;
    done
}

fn next_beat(begun: Instant, elapsed: Duration) -> Instant {
    let beats = elapsed.as_nanos() / BEAT.as_nanos() + 1;
    begun + BEAT * u32::try_from(beats).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_one_always_comes_and_is_the_same_for_all_before_it() {
        let begun = Instant::now();
        for (elapsed, beats) in [(0, 1), (1, 1), (24, 1), (25, 2), (26, 2), (49, 2), (4_000, 161)] {
            assert_eq!(next_beat(begun, Duration::from_millis(elapsed)), begun + BEAT * beats, "{elapsed}");
        }
    }
}

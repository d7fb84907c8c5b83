//! The machine's clock: the only place that reads it.

use domain::Timestamp;
use services::Clock;

#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where time comes from")]
    fn now(&self) -> Timestamp {
        let nanos = time::OffsetDateTime::now_utc().unix_timestamp_nanos();
        Timestamp::from_millis(i64::try_from(nanos / 1_000_000).unwrap_or(i64::MAX))
    }
}

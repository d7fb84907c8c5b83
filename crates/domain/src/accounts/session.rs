//! How long a session lives: idle and absolute limits, both held by the server (check S05).

use crate::{Millis, Timestamp};

/// The limits of a session.
#[derive(Clone, Copy, Debug)]
pub struct SessionLifetime {
    pub idle: Millis,
    pub absolute: Millis,
    /// How old "last seen" may grow before it is written again, so that reading
    /// a page does not always cost a write.
    pub touch_after: Millis,
}

impl Default for SessionLifetime {
    fn default() -> Self {
        Self { idle: Millis::days(7), absolute: Millis::days(30), touch_after: Millis::minutes(1) }
    }
}

/// What the stored row says of one session.
#[derive(Clone, Copy, Debug)]
pub struct SessionTimes {
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
}

impl SessionLifetime {
    /// Whether a session is still good at `now`. Whatever the cookie's own
    /// Max-Age says plays no part.
    pub fn is_live(&self, times: SessionTimes, now: Timestamp) -> bool {
        now < times.created_at + self.absolute && now < times.last_seen_at + self.idle
    }

    /// Whether "last seen" is due to be written.
    pub fn is_touch_due(&self, times: SessionTimes, now: Timestamp) -> bool {
        now >= times.last_seen_at + self.touch_after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: SessionLifetime =
        SessionLifetime { idle: Millis::days(7), absolute: Millis::days(30), touch_after: Millis::minutes(1) };
    const START: Timestamp = Timestamp::from_millis(1_000_000);

    fn live(seen: Millis, now: Millis) -> bool {
        LIFE.is_live(SessionTimes { created_at: START, last_seen_at: START + seen }, START + now)
    }

    #[test]
    fn s05_idle_and_absolute_limits_both_end_it() {
        assert!(live(Millis(0), Millis(Millis::days(7).0 - 1)));
        assert!(!live(Millis(0), Millis::days(7)));
        assert!(live(Millis::days(29), Millis(Millis::days(30).0 - 1)));
        assert!(!live(Millis(Millis::days(30).0 - 1), Millis::days(30)), "active to the last moment, still over");
    }
}

//! A clock that is turned by hand.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::{Millis, Timestamp};
use services::Clock;

pub struct TurnedClock(AtomicI64);

impl TurnedClock {
    /// Begins at the machine's time: the sandbox stamps what it makes with that.
    pub fn starting_now() -> Self {
        Self(AtomicI64::new(server::clock::SystemClock.now().as_millis()))
    }

    pub fn advance(&self, by: Millis) {
        self.0.fetch_add(by.0, Ordering::SeqCst);
    }
}

impl Clock for TurnedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

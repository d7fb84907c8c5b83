//! Randomness as an argument.

use std::sync::atomic::{AtomicU16, Ordering};

use domain::Timestamp;
use uuid::{Builder, Uuid};

static COUNTER: AtomicU16 = AtomicU16::new(0);

pub trait Entropy: Send + Sync {
    /// From a cryptographically secure source.
    fn bytes(&self) -> [u8; 32];

    /// RFC 9562 version 4.
    fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.bytes()[..16]);
        Builder::from_random_bytes(bytes).into_uuid()
    }

    /// RFC 9562 version 7: grows with `now`, and within one process also between
    /// equal times (section 6.2, method 1: a counter in the first twelve bits).
    fn uuid_at(&self, now: Timestamp) -> Uuid {
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&self.bytes()[..10]);
        let count = COUNTER.fetch_add(1, Ordering::Relaxed) & 0x0fff;
        bytes[..2].copy_from_slice(&count.to_be_bytes());
        Builder::from_unix_timestamp_millis(u64::try_from(now.as_millis()).unwrap_or(0), &bytes).into_uuid()
    }
}

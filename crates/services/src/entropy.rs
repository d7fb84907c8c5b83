//! Randomness as an argument.

use domain::Timestamp;
use uuid::{Builder, Uuid};

pub trait Entropy: Send + Sync {
    /// From a cryptographically secure source.
    fn bytes(&self) -> [u8; 32];

    /// RFC 9562 version 4.
    fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.bytes()[..16]);
        Builder::from_random_bytes(bytes).into_uuid()
    }

    /// RFC 9562 version 7: grows with `now`.
    fn uuid_at(&self, now: Timestamp) -> Uuid {
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&self.bytes()[..10]);
        Builder::from_unix_timestamp_millis(u64::try_from(now.as_millis()).unwrap_or(0), &bytes).into_uuid()
    }
}

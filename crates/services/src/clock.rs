//! Time as an argument: the server reads the machine's clock, tests turn one by hand.

use domain::Timestamp;

pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

//! Waiting for what comes about in its own time: looked at again and again, and never slept for.

use std::time::{Duration, Instant};

/// Between two looks. Others need the processor and the database meanwhile.
const BETWEEN: Duration = Duration::from_millis(2);

/// Returns how long it took; fails with `what` when it is not so within twenty seconds.
pub async fn until(what: &str, holds: impl AsyncFnMut() -> bool) -> Duration {
    until_within(Duration::from_secs(20), what, holds).await
}

/// The same with another patience.
pub async fn until_within(patience: Duration, what: &str, mut holds: impl AsyncFnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < patience, "not within {patience:?}: {what}");
        tokio::time::sleep(BETWEEN).await;
    }
    begun.elapsed()
}

//! How much waits, for the metrics.

use std::time::Duration;

use super::Job;

pub const JOB: Job = Job {
    name: "measure_outbox",
    every: Duration::from_secs(10),
    run: |services| Box::pin(async move { services.measure_outbox().await }),
};

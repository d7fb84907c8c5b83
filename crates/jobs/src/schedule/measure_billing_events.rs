//! How much waits in the inbox, for the metrics, and whether it is stuck.

use std::time::Duration;

use super::Job;

pub const JOB: Job = Job {
    name: "measure_billing_events",
    every: Duration::from_secs(60),
    run: |services| Box::pin(async move { services.measure_billing_events().await }),
};

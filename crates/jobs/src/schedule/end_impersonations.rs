//! Operators who acted as somebody, and whose time is up.

use std::time::Duration;

use super::Job;

pub const JOB: Job = Job {
    name: "end_impersonations",
    // They are over by themselves; this says so in the trail.
    every: Duration::from_secs(60),
    run: |services| Box::pin(async move { services.end_due_impersonations().await }),
};

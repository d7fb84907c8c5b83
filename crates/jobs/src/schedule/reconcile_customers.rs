//! What the payment provider has, compared with what we know: every customer once a day, a handful at a time.

use std::time::Duration;

use super::Job;

pub const JOB: Job = Job {
    name: "reconcile_customers",
    every: Duration::from_secs(600),
    run: |services| Box::pin(async move { services.reconcile_due().await }),
};

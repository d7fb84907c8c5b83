//! What the payment provider told us long ago.

use super::{Job, SWEEP_EVERY};

pub const JOB: Job = Job {
    name: "sweep_billing_events",
    every: SWEEP_EVERY,
    run: |services| Box::pin(async move { services.sweep_billing_events().await }),
};

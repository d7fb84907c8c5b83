//! Counted attempts whose window is over.

use super::{Job, SWEEP_EVERY};

pub const JOB: Job = Job {
    name: "sweep_counters",
    every: SWEEP_EVERY,
    run: |services| Box::pin(async move { services.sweep_counters().await }),
};

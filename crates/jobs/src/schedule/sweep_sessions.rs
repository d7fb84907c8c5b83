//! Sessions that are over.

use super::{Job, SWEEP_EVERY};

pub const JOB: Job = Job {
    name: "sweep_sessions",
    every: SWEEP_EVERY,
    run: |services| Box::pin(async move { services.sweep_sessions().await }),
};

//! Browsers that nobody can come back with.

use super::{Job, SWEEP_EVERY};

pub const JOB: Job = Job {
    name: "sweep_browsers",
    every: SWEEP_EVERY,
    run: |services| Box::pin(async move { services.sweep_browsers().await }),
};

//! Registrations that nobody confirmed in time.

use super::{Job, SWEEP_EVERY};

pub const JOB: Job = Job {
    name: "sweep_registrations",
    every: SWEEP_EVERY,
    run: |services| Box::pin(async move { services.sweep_registrations().await }),
};

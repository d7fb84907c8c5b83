//! Messages of forms that nobody came to read.

use super::{Job, SWEEP_EVERY};

pub const JOB: Job = Job {
    name: "sweep_flashes",
    every: SWEEP_EVERY,
    run: |services| Box::pin(async move { services.sweep_flashes().await }),
};

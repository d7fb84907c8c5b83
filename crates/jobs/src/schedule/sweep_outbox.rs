//! Rows of the outbox that were done long ago.

use super::{Job, SWEEP_EVERY};

pub const JOB: Job = Job {
    name: "sweep_outbox",
    every: SWEEP_EVERY,
    run: |services| Box::pin(async move { services.sweep_outbox().await }),
};

//! Invitations that have run out.

use super::{Job, SWEEP_EVERY};

pub const JOB: Job = Job {
    name: "sweep_invitations",
    every: SWEEP_EVERY,
    run: |services| Box::pin(async move { services.sweep_invitations().await }),
};

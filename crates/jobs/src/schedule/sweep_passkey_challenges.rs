//! Challenges to passkeys that nobody answered.

use super::{Job, SWEEP_EVERY};

pub const JOB: Job = Job {
    name: "sweep_passkey_challenges",
    every: SWEEP_EVERY,
    run: |services| Box::pin(async move { services.sweep_passkey_challenges().await }),
};

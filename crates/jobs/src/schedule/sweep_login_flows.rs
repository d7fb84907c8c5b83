//! Ways to a provider that nobody came back from.

use super::{Job, SWEEP_EVERY};

pub const JOB: Job = Job {
    name: "sweep_login_flows",
    every: SWEEP_EVERY,
    run: |services| Box::pin(async move { services.sweep_login_flows().await }),
};

//! Organisations whose thirty days are over.

use super::{Job, SWEEP_EVERY};

/// At one time; the next are taken when it is due again.
const AT_ONCE: u64 = 100;

pub const JOB: Job = Job {
    name: "delete_organizations",
    every: SWEEP_EVERY,
    run: |services| Box::pin(async move { services.delete_due_organizations(AT_ONCE).await }),
};

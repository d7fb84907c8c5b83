//! Audit entries that are older than their organisation keeps them.

use super::{Job, SWEEP_EVERY};

/// At one time; the next are taken when it is due again.
const AT_ONCE: u64 = 10_000;

pub const JOB: Job = Job {
    name: "sweep_audit_entries",
    every: SWEEP_EVERY,
    run: |services| Box::pin(async move { services.sweep_audit_entries(AT_ONCE).await }),
};

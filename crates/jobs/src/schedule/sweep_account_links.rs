//! Links of mails that nobody used in time.

use super::{Job, SWEEP_EVERY};

pub const JOB: Job = Job {
    name: "sweep_account_links",
    every: SWEEP_EVERY,
    run: |services| Box::pin(async move { services.sweep_account_links().await }),
};

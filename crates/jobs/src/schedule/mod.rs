//! What is done again and again, one file each. Every worker does all of it: each is one
//! statement, or transaction, that finds nothing to do when another was first.

mod delete_accounts;
mod delete_organizations;
mod end_impersonations;
mod measure_billing_events;
mod measure_outbox;
mod reconcile_customers;
mod sweep_account_links;
mod sweep_audit_entries;
mod sweep_billing_events;
mod sweep_browsers;
mod sweep_counters;
mod sweep_flashes;
mod sweep_invitations;
mod sweep_login_flows;
mod sweep_outbox;
mod sweep_passkey_challenges;
mod sweep_registrations;
mod sweep_sessions;

use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use services::{ServiceError, Services};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

/// Something that is due every so often.
pub struct Job {
    pub name: &'static str,
    pub every: Duration,
    /// One use case; answers how much there was.
    pub run: fn(Services) -> BoxFuture<'static, Result<u64, ServiceError>>,
}

const JOBS: &[Job] = &[
    delete_accounts::JOB,
    delete_organizations::JOB,
    end_impersonations::JOB,
    measure_billing_events::JOB,
    measure_outbox::JOB,
    reconcile_customers::JOB,
    sweep_account_links::JOB,
    sweep_audit_entries::JOB,
    sweep_billing_events::JOB,
    sweep_browsers::JOB,
    sweep_counters::JOB,
    sweep_flashes::JOB,
    sweep_invitations::JOB,
    sweep_login_flows::JOB,
    sweep_outbox::JOB,
    sweep_passkey_challenges::JOB,
    sweep_registrations::JOB,
    sweep_sessions::JOB,
];

/// What they are called, for whoever lists what acts here.
pub fn names() -> impl Iterator<Item = &'static str> {
    JOBS.iter().map(|job| job.name)
}

/// Often enough that nothing piles up.
pub(crate) const SWEEP_EVERY: Duration = Duration::from_secs(600);

/// Does every job at the start and then when it is due, until told to stop.
pub async fn keep(services: Services, told: watch::Receiver<bool>) {
    join_all(JOBS.iter().map(|job| repeat(job, services.clone(), told.clone()))).await;
}

async fn repeat(job: &Job, services: Services, mut told: watch::Receiver<bool>) {
    let mut ticks = interval(job.every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = told.changed() => return,
            _ = ticks.tick() => {}
        }
        // In a task of its own: one that panics ends alone.
        match tokio::spawn((job.run)(services.clone())).await {
            Ok(Ok(count)) => tracing::debug!(job = job.name, count, "done"),
            Ok(Err(error)) => {
                tracing::warn!(job = job.name, %error, "a scheduled job failed; it is done again when it is due");
            }
            Err(fault) => {
                tracing::error!(job = job.name, %fault, "a scheduled job failed; it is done again when it is due");
            }
        }
    }
}

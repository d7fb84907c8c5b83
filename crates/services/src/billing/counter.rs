//! The counter: of one organisation one thing is bought or changed at a time, on any node.

use std::{future::Future, time::Duration};

use domain::{Millis, OrgId};
use tokio::time::{Instant, sleep, timeout_at};

use super::payments::PaymentsError;
use crate::{ServiceError, Services};

/// Longer than it can take.
const LEASE: Millis = Millis::seconds(30);
/// How often somebody who waits for the other tab looks again.
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Services {
    /// Waits for the counter, does `work`, and gives it back.
    pub(super) async fn at_counter<T>(
        &self,
        org: OrgId,
        until: Instant,
        work: impl Future<Output = Result<T, ServiceError>>,
    ) -> Result<T, ServiceError> {
        let lease = self.entropy().uuid().to_string();
        while !self.store.lease_checkout(org, &lease, self.now(), self.now() + LEASE).await? {
            if Instant::now() + LOOK_EVERY >= until {
                return Err(ServiceError::Busy);
            }
            sleep(LOOK_EVERY).await;
        }
        let done = timeout_at(until, work).await.unwrap_or(Err(PaymentsError::Timeout.into()));
        self.store.release_checkout(org, &lease).await?;
        done
    }
}

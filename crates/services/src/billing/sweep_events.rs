//! Removes what the payment provider told us long ago.

use domain::Millis;

use crate::{ServiceError, Services};

/// Longer than anything brings an event again: the provider itself keeps them for thirty days
/// (<https://docs.stripe.com/api/events>). With an event goes the knowledge that it came.
const KEPT: Millis = Millis::days(90);
/// In one statement: a few seconds' work at the most.
const AT_ONCE: u64 = 2_000;

impl Services {
    /// Events that were applied or did not concern us, and came that long ago; answers how many that were.
    /// What was given up or kept apart stays for people to look at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_billing_events(&self) -> Result<u64, ServiceError> {
        let (before, mut gone) = (self.now() - KEPT, 0);
        loop {
            let some = self.store.delete_old_billing_events(before, AT_ONCE).await?;
            gone += some;
            if some < AT_ONCE {
                return Ok(gone);
            }
        }
    }
}

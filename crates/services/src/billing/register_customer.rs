//! The customer of an organisation that was just registered (B-01): a row in the transaction
//! of the registration, worked off when the provider answers. Signing up never waits for it.

use std::time::Duration;

use domain::{OrgId, accounts::Email, orgs::OrgName};
use serde::{Deserialize, Serialize};
use store::{LeasedRow, NewOutboxRow, StoreError};
use tokio::time::Instant;

use super::create_customer::{Door, Wanted};
use crate::{ServiceError, Services, outbox::Outcome};

pub(crate) const KIND: &str = "create_customer";
/// One attempt: two calls, and the wait for somebody else who is at it.
const PATIENCE: Duration = Duration::from_secs(12);

#[derive(Serialize, Deserialize)]
struct Registered {
    org: OrgId,
    name: String,
    email: String,
}

impl Services {
    /// The row that makes an organisation's customer, to be written in the transaction that
    /// makes the organisation. One row for one organisation, however often it is written.
    pub fn customer_row(&self, org: OrgId, name: &OrgName, email: &Email) -> NewOutboxRow {
        let registered = Registered { org, name: name.as_str().to_owned(), email: email.as_str().to_owned() };
        NewOutboxRow {
            id: self.entropy().uuid_at(self.now()),
            kind: KIND,
            key: format!("customer:{org}"),
            // Plain data: writing it as JSON can't fail, and an empty one would be parked and seen.
            payload: serde_json::to_string(&registered).unwrap_or_default(),
        }
    }

    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn create_customer_of(&self, row: &LeasedRow) -> Result<Outcome, ServiceError> {
        let Ok(Registered { org, name, email }) = serde_json::from_str(&row.payload) else {
            return Ok(Outcome::Never("not a registration".to_owned()));
        };
        let wanted = Wanted { org, name, email, door: Door::Registration { row: row.id.to_string() } };
        match self.ensure_customer(&wanted, Instant::now() + PATIENCE).await {
            Ok(_) => Ok(Outcome::Done),
            // Also what the provider refuses: a key that is revoked today is replaced tomorrow.
            Err(ServiceError::Payments(error)) => Ok(Outcome::Later(error.as_str().to_owned())),
            Err(ServiceError::Busy) => Ok(Outcome::Later("interrupted".to_owned())),
            Err(ServiceError::Store(error @ StoreError::Unavailable(_))) => Err(error.into()),
            Err(error) => Ok(Outcome::Later(error.to_string())),
        }
    }
}

//! Take back what is open for payment, when its organisation closes: a row in the transaction that closes
//! it, worked off when the provider answers. Closing never waits for it.
//!
//! Accepted race: what is paid before that is paid; then the organisation is not deleted, and people are told.

use domain::{CustomerId, OrgId};
use serde::{Deserialize, Serialize};
use store::{LeasedRow, NewOutboxRow};

use super::payments::PaymentsError;
use crate::{Services, outbox::Outcome};

pub(crate) const KIND: &str = "expire_checkouts";

#[derive(Serialize, Deserialize)]
struct OfCustomer {
    customer: String,
}

impl Services {
    /// The row that takes back what `customer` could still pay. One for each time that it closes.
    pub(crate) fn expiry_row(&self, org: OrgId, customer: &CustomerId) -> NewOutboxRow {
        let of = OfCustomer { customer: customer.as_str().to_owned() };
        NewOutboxRow {
            id: self.entropy().uuid_at(self.now()),
            kind: KIND,
            key: format!("expire_checkouts:{org}:{}", self.now().as_millis()),
            // Plain data: writing it as JSON can't fail, and an empty one would be parked and seen.
            payload: serde_json::to_string(&of).unwrap_or_default(),
        }
    }

    /// Done twice it is the same. What was paid or had ended meanwhile is not open any more.
    pub(crate) async fn expire_checkouts_of(&self, row: &LeasedRow) -> Outcome {
        let Ok(OfCustomer { customer }) = serde_json::from_str(&row.payload) else {
            return Outcome::Never("names no customer".to_owned());
        };
        let payments = &self.ports.payments;
        let expire = async {
            for open in payments.open_checkouts(&CustomerId::from_trusted(customer)).await? {
                match payments.expire_checkout(&open.id).await {
                    Ok(()) | Err(PaymentsError::Refused { status: 400, .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        };
        match expire.await {
            Ok(()) => Outcome::Done,
            // The customer is gone at the provider, and with it what it could pay.
            Err(PaymentsError::Refused { code: Some(code), .. }) if code == "resource_missing" => Outcome::Done,
            Err(error) => Outcome::Later(error.as_str().to_owned()),
        }
    }
}

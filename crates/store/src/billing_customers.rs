//! Which customer at the payment provider is which organisation: one to one, by a
//! unique constraint on both sides (P-05).

use domain::{CustomerId, OrgId, Timestamp};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::{
    Store, StoreError,
    entity::billing_customers::{ActiveModel, Entity},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingCustomer {
    pub id: CustomerId,
    pub livemode: bool,
}

impl Store {
    /// # Errors
    /// [`StoreError::Conflict`] when the organisation has a customer, or the customer an organisation.
    pub async fn insert_billing_customer(
        &self,
        org: OrgId,
        customer: &BillingCustomer,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let row = ActiveModel {
            org_id: Set(org.as_uuid()),
            stripe_customer_id: Set(customer.id.as_str().to_owned()),
            livemode: Set(customer.livemode),
            created_at: Set(now.as_millis()),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn find_billing_customer(&self, org: OrgId) -> Result<Option<BillingCustomer>, StoreError> {
        let row = Entity::find_by_id(org.as_uuid()).one(&self.db).await?;
        Ok(row.map(|row| BillingCustomer {
            id: CustomerId::from_trusted(row.stripe_customer_id),
            livemode: row.livemode,
        }))
    }
}

//! Which customer at the payment provider is which organisation: one to one, by a
//! unique constraint on both sides (P-05).

use domain::{CustomerId, OrgId, Timestamp};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use crate::{
    Store, StoreError,
    entity::{
        billing_customers::{ActiveModel, Column, Entity},
        organizations,
    },
    memberships::JoinBySharedColumn,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingCustomer {
    pub id: CustomerId,
    pub livemode: bool,
}

/// A customer and whose it is, for operators' work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCustomer {
    pub org: OrgId,
    /// The organisation's address.
    pub slug: String,
    pub customer: CustomerId,
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
            // Nothing to compare yet.
            checked_at: Set(now.as_millis()),
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

    /// The customer of one organisation, with the organisation's address.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_known_customer(&self, org: OrgId) -> Result<Option<KnownCustomer>, StoreError> {
        Ok(known(Entity::find_by_id(org.as_uuid()), &self.db).await?.pop())
    }

    /// All customers, some at a time, in the order of their organisations' ids.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_known_customers(
        &self,
        after: Option<OrgId>,
        limit: u64,
    ) -> Result<Vec<KnownCustomer>, StoreError> {
        let mut select = Entity::find().order_by_asc(Column::OrgId).limit(limit);
        if let Some(after) = after {
            select = select.filter(Column::OrgId.gt(after.as_uuid()));
        }
        known(select, &self.db).await
    }

    /// Customers of a mode that were last compared before `before`, the longest waiting first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_customers_to_check(
        &self,
        livemode: bool,
        before: Timestamp,
        limit: u64,
    ) -> Result<Vec<KnownCustomer>, StoreError> {
        let of_mode = Entity::find().filter(Column::Livemode.eq(livemode));
        let due = of_mode.filter(Column::CheckedAt.lt(before.as_millis()));
        known(due.order_by_asc(Column::CheckedAt).limit(limit), &self.db).await
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn note_customer_checked(&self, org: OrgId, now: Timestamp) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::CheckedAt, now.as_millis().into())
            .filter(Column::OrgId.eq(org.as_uuid()))
            .exec(&self.db)
            .await?;
        Ok(())
    }
}

async fn known<C: ConnectionTrait>(select: Select<Entity>, db: &C) -> Result<Vec<KnownCustomer>, StoreError> {
    let rows: Vec<(Uuid, String, bool, String)> = select
        .select_only()
        .columns([Column::OrgId, Column::StripeCustomerId, Column::Livemode])
        .column(organizations::Column::Slug)
        .join_custom_inner(
            organizations::Entity,
            Expr::col((organizations::Entity, organizations::Column::Id)).equals((Entity, Column::OrgId)),
        )
        .into_tuple()
        .all(db)
        .await?;
    let customer = |(org, customer, livemode, slug): (Uuid, String, bool, String)| KnownCustomer {
        org: OrgId::from_uuid(org),
        customer: CustomerId::from_trusted(customer),
        livemode,
        slug,
    };
    Ok(rows.into_iter().map(customer).collect())
}

//! Who is just beginning a checkout for an organisation: one at a time, so that two never begin two.

use domain::{OrgId, Timestamp};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use crate::{
    Store, StoreError,
    entity::checkouts::{ActiveModel, Column, Entity},
};

impl Store {
    /// Takes the organisation's place at the counter until `leased_until`; answers whether it was free.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lease_checkout(
        &self,
        org: OrgId,
        lease: &str,
        now: Timestamp,
        leased_until: Timestamp,
    ) -> Result<bool, StoreError> {
        let row = ActiveModel {
            org_id: Set(org.as_uuid()),
            lease: Set(lease.to_owned()),
            leased_until: Set(leased_until.as_millis()),
        };
        let mut if_free = OnConflict::column(Column::OrgId);
        if_free
            .update_columns([Column::Lease, Column::LeasedUntil])
            .action_and_where(Expr::col((Entity, Column::LeasedUntil)).lte(now.as_millis()));
        Ok(Entity::insert(row).on_conflict(if_free).exec_without_returning(&self.db).await? == 1)
    }

    /// Gives it back.
    ///
    /// # Errors
    /// When the database does not answer: it is free when the lease has run out.
    pub async fn release_checkout(&self, org: OrgId, lease: &str) -> Result<(), StoreError> {
        let held = Column::OrgId.eq(org.as_uuid()).and(Column::Lease.eq(lease));
        Entity::delete_many().filter(held).exec(&self.db).await?;
        Ok(())
    }
}

//! How long audit trails are kept, and what is removed when that is over.
//!
//! What must hold: nothing of a trail goes but what is older than its organisation says. The database
//! holds that too: it removes no entry that the organisation's watermark has not passed.

use domain::{OrgId, Timestamp, orgs::AuditRetention};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use crate::{
    AuditEntry, Store, StoreError, audit_entries,
    entity::{
        audit_entries as entries,
        organizations::{Column, Entity},
    },
    memberships::JoinBySharedColumn,
};

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

impl Store {
    /// # Errors
    /// When the database does not answer.
    pub async fn find_audit_retention(&self, org: OrgId) -> Result<AuditRetention, StoreError> {
        let row = Entity::find_by_id(org.as_uuid()).one(&self.db).await?;
        Ok(AuditRetention::from_days(row.and_then(|row| row.audit_retention_days)))
    }

    /// With the entry that says so.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_audit_retention(
        &self,
        org: OrgId,
        retention: AuditRetention,
        entry: &AuditEntry,
    ) -> Result<(), StoreError> {
        let tx = self.db.begin().await?;
        Entity::update_many()
            .col_expr(Column::AuditRetentionDays, retention.days().into())
            .filter(Column::Id.eq(org.as_uuid()))
            .exec(&tx)
            .await?;
        audit_entries::insert(&tx, entry).await?;
        Ok(tx.commit().await?)
    }

    /// Removes up to `limit` entries that are older than their organisations keep them; answers how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_old_audit_entries(&self, now: Timestamp, limit: u64) -> Result<u64, StoreError> {
        let tx = self.db.begin().await?;
        let kept_for = Expr::col(Column::AuditRetentionDays).mul(DAY);
        let before = Expr::val(now.as_millis()).sub(kept_for);
        Entity::update_many()
            .col_expr(Column::AuditPurgedBefore, before)
            .filter(Column::AuditRetentionDays.is_not_null())
            .exec(&tx)
            .await?;
        let ids = old_entries(&tx, limit).await?;
        let deleted = entries::Entity::delete_many().filter(entries::Column::Id.is_in(ids)).exec(&tx).await?;
        tx.commit().await?;
        Ok(deleted.rows_affected)
    }
}

async fn old_entries<C: ConnectionTrait>(db: &C, limit: u64) -> Result<Vec<Uuid>, StoreError> {
    let theirs = Expr::col((Entity, Column::Id)).equals((entries::Entity, entries::Column::OrgId));
    let passed = Expr::col((entries::Entity, entries::Column::At)).lt(Expr::col((Entity, Column::AuditPurgedBefore)));
    let ids = entries::Entity::find()
        .select_only()
        .column(entries::Column::Id)
        .join_with(JoinType::InnerJoin, Entity, theirs)
        .filter(passed)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids)
}

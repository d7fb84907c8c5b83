//! Stored feature flags. Small: all of it is read at once.

use domain::{OrgId, flags::Rollout};
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder, sea_query::OnConflict};
use uuid::Uuid;

use crate::{
    AuditEntry, Store, StoreError, audit_entries,
    entity::feature_flags::{ActiveModel, Column, Entity},
};

/// One stored setting. No organisation: for everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFlag {
    pub name: String,
    pub org: Option<OrgId>,
    pub rollout: Rollout,
}

impl Store {
    /// # Errors
    /// When the database does not answer, or a row can't be read: flags are off then (P-06).
    pub async fn list_flags(&self) -> Result<Vec<StoredFlag>, StoreError> {
        let rows = Entity::find().order_by_asc(Column::Name).order_by_asc(Column::OrgId).all(&self.db).await?;
        rows.into_iter()
            .map(|row| {
                Ok(StoredFlag {
                    name: row.name,
                    org: (!row.org_id.is_nil()).then(|| OrgId::from_uuid(row.org_id)),
                    rollout: row.rollout.parse().map_err(|_| StoreError::Corrupt("feature_flags.rollout"))?,
                })
            })
            .collect()
    }

    /// With the entry that says who did.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_flag(&self, flag: &StoredFlag, entry: &AuditEntry) -> Result<(), StoreError> {
        let row = ActiveModel {
            name: Set(flag.name.clone()),
            org_id: Set(flag.org.map_or(Uuid::nil(), OrgId::as_uuid)),
            rollout: Set(flag.rollout.to_string()),
            updated_at: Set(entry.at.as_millis()),
        };
        let mut replace = OnConflict::columns([Column::Name, Column::OrgId]);
        replace.update_columns([Column::Rollout, Column::UpdatedAt]);
        let tx = self.db.begin().await?;
        Entity::insert(row).on_conflict(replace).exec_without_returning(&tx).await?;
        audit_entries::insert(&tx, entry).await?;
        Ok(tx.commit().await?)
    }
}

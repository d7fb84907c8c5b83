//! Sessions. Keyed by a hash: reading this table opens no session (check S01).
//!
//! What must hold: an ended session never comes back (check S04, rack-session
//! CVE-2025-46336). So only [`Store::insert_session`] inserts, and saving changes
//! a row that is there or nothing.

use domain::{Timestamp, UserId, accounts::SessionTimes};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::ExprTrait};

use crate::{
    Store, StoreError,
    entity::sessions::{ActiveModel, Column, Entity},
};

/// A session as stored. `data` is the session's own JSON.
pub struct StoredSession {
    pub data: String,
    pub times: SessionTimes,
}

impl Store {
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken.
    pub async fn insert_session(
        &self,
        id_hash: &str,
        user: Option<UserId>,
        data: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let row = ActiveModel {
            id_hash: Set(id_hash.to_owned()),
            user_id: Set(user.map(UserId::as_uuid)),
            data: Set(data.to_owned()),
            created_at: Set(now.as_millis()),
            last_seen_at: Set(now.as_millis()),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Changes a live session; one that has ended stays ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_session(&self, id_hash: &str, user: Option<UserId>, data: &str) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::Data, data.into())
            .col_expr(Column::UserId, user.map(UserId::as_uuid).into())
            .filter(Column::IdHash.eq(id_hash))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn find_session(&self, id_hash: &str) -> Result<Option<StoredSession>, StoreError> {
        let row = Entity::find_by_id(id_hash).one(&self.db).await?;
        Ok(row.map(|row| StoredSession {
            data: row.data,
            times: SessionTimes {
                created_at: Timestamp::from_millis(row.created_at),
                last_seen_at: Timestamp::from_millis(row.last_seen_at),
            },
        }))
    }

    /// Writes "last seen", forwards only.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn touch_session(&self, id_hash: &str, now: Timestamp) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::LastSeenAt, now.as_millis().into())
            .filter(Column::IdHash.eq(id_hash))
            .filter(Column::LastSeenAt.lt(now.as_millis()))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn delete_session(&self, id_hash: &str) -> Result<(), StoreError> {
        Entity::delete_by_id(id_hash).exec(&self.db).await?;
        Ok(())
    }

    /// Removes sessions that nobody has used since `idle_since` or that began before `began_before`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_dead_sessions(
        &self,
        idle_since: Timestamp,
        began_before: Timestamp,
    ) -> Result<u64, StoreError> {
        let dead = Column::LastSeenAt.lt(idle_since.as_millis()).or(Column::CreatedAt.lt(began_before.as_millis()));
        Ok(Entity::delete_many().filter(dead).exec(&self.db).await?.rows_affected)
    }
}

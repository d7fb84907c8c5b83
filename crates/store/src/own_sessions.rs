//! A person's sessions as they see them, and their ending by that person (check S06).
//!
//! What must hold: a session is ended by whose it is, and nobody else; it has ended with its
//! row, for every node.

use domain::{Timestamp, UserId, accounts::SessionTimes};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    Store, StoreError,
    entity::sessions::{Column, Entity, Model},
    sessions::delete_of,
};

/// A session of somebody's own.
#[derive(Clone, Debug)]
pub struct OwnSession {
    pub id_hash: String,
    pub handle: Uuid,
    pub user_agent: Option<String>,
    pub address: Option<String>,
    pub times: SessionTimes,
}

impl Store {
    /// Up to `limit` of a person's sessions, the one used last first. Also those that have ended by age
    /// and whose rows are still there; not those of somebody who is only half signed in: they have no handle.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_sessions_of(&self, user: UserId, limit: u64) -> Result<Vec<OwnSession>, StoreError> {
        let rows = Entity::find()
            .filter(Column::UserId.eq(user.as_uuid()))
            .filter(Column::Handle.is_not_null())
            .order_by_desc(Column::LastSeenAt)
            .order_by_desc(Column::CreatedAt)
            .limit(limit)
            .all(&self.db)
            .await?;
        let own = |row: Model| OwnSession {
            id_hash: row.id_hash,
            handle: row.handle.unwrap_or_default(),
            user_agent: row.user_agent,
            address: row.address,
            times: SessionTimes {
                created_at: Timestamp::from_millis(row.created_at),
                last_seen_at: Timestamp::from_millis(row.last_seen_at),
            },
        };
        Ok(rows.into_iter().map(own).collect())
    }

    /// Ends one session of a person; answers whether there was one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_session_of(&self, user: UserId, handle: Uuid) -> Result<bool, StoreError> {
        let ended = Entity::delete_many()
            .filter(Column::UserId.eq(user.as_uuid()))
            .filter(Column::Handle.eq(handle))
            .exec(&self.db)
            .await?;
        Ok(ended.rows_affected == 1)
    }

    /// Ends all sessions of a person, or all but the one of that hash; answers how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_sessions_of(&self, user: UserId, except: Option<&str>) -> Result<u64, StoreError> {
        delete_of(&self.db, user, except).await
    }
}

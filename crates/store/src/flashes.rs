//! What a refused form carries to the next page: read once, short-lived.

use domain::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    Store, StoreError,
    entity::flashes::{ActiveModel, Column, Entity},
};

impl Store {
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_flash(&self, id_hash: &str, content: &str, expires_at: Timestamp) -> Result<(), StoreError> {
        let row = ActiveModel {
            id_hash: Set(id_hash.to_owned()),
            content: Set(content.to_owned()),
            expires_at: Set(expires_at.as_millis()),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Takes it away: a second call finds nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_flash(&self, id_hash: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
        let taken = Entity::delete_many().filter(Column::IdHash.eq(id_hash)).exec_with_returning(&self.db).await?;
        Ok(taken.into_iter().find(|row| row.expires_at > now.as_millis()).map(|row| row.content))
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn delete_dead_flashes(&self, now: Timestamp) -> Result<u64, StoreError> {
        let dead = Column::ExpiresAt.lte(now.as_millis());
        Ok(Entity::delete_many().filter(dead).exec(&self.db).await?.rows_affected)
    }
}

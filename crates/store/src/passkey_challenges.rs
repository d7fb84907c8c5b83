//! Challenges to passkeys: taken once, within their time, for the purpose they were made for.

use domain::{Timestamp, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    Store, StoreError,
    entity::passkey_challenges::{ActiveModel, Column, Entity},
};

impl Store {
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_passkey_challenge(
        &self,
        token_hash: &str,
        purpose: &str,
        user: Option<UserId>,
        state: &str,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let row = ActiveModel {
            token_hash: Set(token_hash.to_owned()),
            purpose: Set(purpose.to_owned()),
            user_id: Set(user.map(UserId::as_uuid)),
            state: Set(state.to_owned()),
            expires_at: Set(expires_at.as_millis()),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Takes it away, whatever comes of it: a second call finds nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_passkey_challenge(
        &self,
        token_hash: &str,
        purpose: &str,
        user: Option<UserId>,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let taken =
            Entity::delete_many().filter(Column::TokenHash.eq(token_hash)).exec_with_returning(&self.db).await?;
        let good = |row: &crate::entity::passkey_challenges::Model| {
            row.purpose == purpose && row.user_id == user.map(UserId::as_uuid) && row.expires_at > now.as_millis()
        };
        Ok(taken.into_iter().find(good).map(|row| row.state))
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn delete_dead_passkey_challenges(&self, now: Timestamp) -> Result<u64, StoreError> {
        let dead = Column::ExpiresAt.lte(now.as_millis());
        Ok(Entity::delete_many().filter(dead).exec(&self.db).await?.rows_affected)
    }
}

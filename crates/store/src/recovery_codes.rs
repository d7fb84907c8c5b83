//! Recovery codes: hashes, each good once.

use domain::{Timestamp, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    Changed, FactorChange, NewOutboxRow, Store, StoreError,
    bounded::BoundedTransaction,
    entity::recovery_codes::{ActiveModel, Column, Entity},
    outbox, second_factors,
};

/// These in the place of all that were there.
pub(crate) async fn replace(
    tx: &BoundedTransaction,
    user: UserId,
    hashes: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::UserId.eq(user.as_uuid())).exec(tx).await?;
    if hashes.is_empty() {
        return Ok(());
    }
    let rows = hashes.iter().map(|hash| ActiveModel {
        user_id: Set(user.as_uuid()),
        code_hash: Set(hash.clone()),
        created_at: Set(now.as_millis()),
    });
    Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

impl Store {
    /// New codes for somebody who has a second factor; without one there is nothing to recover.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn renew_recovery_codes(&self, change: &FactorChange<'_>) -> Result<Changed, StoreError> {
        let tx = self.db.begin().await?;
        second_factors::one_after_another(&tx, change.user).await?;
        if !second_factors::any(&tx, change.user).await? {
            return Ok(Changed::Nothing);
        }
        replace(&tx, change.user, change.first_codes, change.now).await?;
        change.settle(&tx).await?;
        tx.commit().await?;
        Ok(Changed::Done { codes_are_new: true })
    }

    /// Uses up one code, with the letter that says so; answers how many are left, or none if
    /// it is not one of theirs. `letter` is written for the number left.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn use_recovery_code(
        &self,
        user: UserId,
        hash: &str,
        letter: impl FnOnce(u64) -> NewOutboxRow + Send,
        now: Timestamp,
    ) -> Result<Option<u64>, StoreError> {
        let tx = self.db.begin().await?;
        let used = Entity::delete_many()
            .filter(Column::UserId.eq(user.as_uuid()))
            .filter(Column::CodeHash.eq(hash))
            .exec(&tx)
            .await?;
        if used.rows_affected == 0 {
            return Ok(None);
        }
        let left = Entity::find().filter(Column::UserId.eq(user.as_uuid())).count(&tx).await?;
        outbox::insert(&tx, &[letter(left)], now).await?;
        tx.commit().await?;
        Ok(Some(left))
    }
}

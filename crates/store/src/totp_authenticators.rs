//! Authenticator apps (RFC 6238), one for each person.
//!
//! What must hold: a secret counts only once a code of it was given; of a step that was
//! used, and of those before it, no code counts again, whoever else asks at that moment.

use domain::{Timestamp, UserId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use crate::{
    Changed, FactorChange, Store, StoreError,
    entity::totp_authenticators::{ActiveModel, Column, Entity},
    second_factors,
};

#[derive(Clone, Debug)]
pub struct TotpRow {
    /// Sealed.
    pub secret: String,
    pub confirmed: bool,
}

impl Store {
    /// Keeps a secret that is to be confirmed, in the place of one that never was. Answers
    /// whether it did: one that counts is not replaced.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_unconfirmed_totp(&self, user: UserId, secret: &str, now: Timestamp) -> Result<bool, StoreError> {
        let row = ActiveModel {
            user_id: Set(user.as_uuid()),
            secret: Set(secret.to_owned()),
            last_step: Set(0),
            created_at: Set(now.as_millis()),
            confirmed_at: Set(None),
        };
        let mut replace = OnConflict::column(Column::UserId);
        replace
            .update_columns([Column::Secret, Column::LastStep, Column::CreatedAt])
            .action_and_where(Expr::col((Entity, Column::ConfirmedAt)).is_null());
        let put = Entity::insert(row).on_conflict(replace).try_insert().exec_without_returning(&self.db).await?;
        Ok(matches!(put, sea_orm::TryInsertResult::Inserted(1..)))
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn find_totp(&self, user: UserId) -> Result<Option<TotpRow>, StoreError> {
        let row = Entity::find_by_id(user.as_uuid()).one(&self.db).await?;
        Ok(row.map(|row| TotpRow { secret: row.secret, confirmed: row.confirmed_at.is_some() }))
    }

    /// From now on it counts, if `secret` is still the one to be confirmed. The step of the
    /// code that confirmed it is used.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn confirm_totp(
        &self,
        change: &FactorChange<'_>,
        secret: &str,
        step: i64,
    ) -> Result<Changed, StoreError> {
        let tx = self.db.begin().await?;
        second_factors::one_after_another(&tx, change.user).await?;
        let had = second_factors::any(&tx, change.user).await?;
        let confirmed = Entity::update_many()
            .col_expr(Column::ConfirmedAt, Some(change.now.as_millis()).into())
            .col_expr(Column::LastStep, step.into())
            .filter(Column::UserId.eq(change.user.as_uuid()))
            .filter(Column::Secret.eq(secret))
            .filter(Column::ConfirmedAt.is_null())
            .exec(&tx)
            .await?;
        if confirmed.rows_affected == 0 {
            return Ok(Changed::Nothing);
        }
        let changed = change.settle_added(&tx, had).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Uses up a step; answers whether it was still to be had.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn use_totp_step(&self, user: UserId, step: i64) -> Result<bool, StoreError> {
        let used = Entity::update_many()
            .col_expr(Column::LastStep, step.into())
            .filter(Column::UserId.eq(user.as_uuid()))
            .filter(Column::ConfirmedAt.is_not_null())
            .filter(Column::LastStep.lt(step))
            .exec(&self.db)
            .await?;
        Ok(used.rows_affected == 1)
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn remove_totp(&self, change: &FactorChange<'_>) -> Result<Changed, StoreError> {
        let tx = self.db.begin().await?;
        second_factors::one_after_another(&tx, change.user).await?;
        let removed = Entity::delete_many()
            .filter(Column::UserId.eq(change.user.as_uuid()))
            .filter(Column::ConfirmedAt.is_not_null())
            .exec(&tx)
            .await?;
        if removed.rows_affected == 0 {
            return Ok(Changed::Nothing);
        }
        change.settle_removed(tx).await
    }
}

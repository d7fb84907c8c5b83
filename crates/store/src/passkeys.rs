//! Passkeys: public keys that people registered.
//!
//! What must hold: a credential belongs to one person; a counter only grows (a smaller one is
//! a copy of the authenticator speaking).

use domain::{Timestamp, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    Changed, FactorChange, Store, StoreError,
    entity::passkeys::{ActiveModel, Column, Entity, Model},
    identities, second_factors,
};

#[derive(Clone, Debug)]
pub struct PasskeyRow {
    pub id: Uuid,
    pub user: UserId,
    pub name: String,
    /// The public key and what else checking needs, as JSON.
    pub credential: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub struct NewPasskey {
    pub id: Uuid,
    pub credential_id: String,
    pub name: String,
    pub credential: String,
    pub counter: i64,
}

fn row(row: Model) -> PasskeyRow {
    PasskeyRow {
        id: row.id,
        user: UserId::from_uuid(row.user_id),
        name: row.name,
        credential: row.credential,
        created_at: Timestamp::from_millis(row.created_at),
        last_used_at: row.last_used_at.map(Timestamp::from_millis),
    }
}

impl Store {
    /// Oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_passkeys(&self, user: UserId) -> Result<Vec<PasskeyRow>, StoreError> {
        let rows = Entity::find()
            .filter(Column::UserId.eq(user.as_uuid()))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id)
            .all(&self.db)
            .await?;
        Ok(rows.into_iter().map(row).collect())
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn find_passkey(&self, credential_id: &str) -> Result<Option<PasskeyRow>, StoreError> {
        Ok(Entity::find().filter(Column::CredentialId.eq(credential_id)).one(&self.db).await?.map(row))
    }

    /// One more, unless there are `at_most` already.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the credential is somebody's already.
    pub async fn add_passkey(
        &self,
        change: &FactorChange<'_>,
        new: NewPasskey,
        at_most: u64,
    ) -> Result<Changed, StoreError> {
        let tx = self.db.begin().await?;
        second_factors::one_after_another(&tx, change.user).await?;
        let there = Entity::find().filter(Column::UserId.eq(change.user.as_uuid())).count(&tx).await?;
        if there >= at_most {
            return Ok(Changed::Nothing);
        }
        let had = second_factors::any(&tx, change.user).await?;
        let row = ActiveModel {
            id: Set(new.id),
            user_id: Set(change.user.as_uuid()),
            credential_id: Set(new.credential_id),
            name: Set(new.name),
            credential: Set(new.credential),
            counter: Set(new.counter),
            created_at: Set(change.now.as_millis()),
            last_used_at: Set(None),
        };
        Entity::insert(row).exec_without_returning(&tx).await?;
        let changed = change.settle_added(&tx, had).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Writes down a use. Answers whether it counts: an authenticator that counts has gone on
    /// since the last time, also where two uses come at once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn use_passkey(
        &self,
        id: Uuid,
        credential: &str,
        counter: i64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        // Those that don't count say 0 for ever (WebAuthn level 3, 6.1.1).
        let gone_on = if counter == 0 { Column::Counter.eq(0) } else { Column::Counter.lt(counter) };
        let used = Entity::update_many()
            .col_expr(Column::Credential, credential.into())
            .col_expr(Column::Counter, counter.into())
            .col_expr(Column::LastUsedAt, Some(now.as_millis()).into())
            .filter(Column::Id.eq(id))
            .filter(gone_on)
            .exec(&self.db)
            .await?;
        Ok(used.rows_affected == 1)
    }

    /// Answers whether it is one of theirs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn rename_passkey(&self, user: UserId, id: Uuid, name: &str) -> Result<bool, StoreError> {
        let renamed = Entity::update_many()
            .col_expr(Column::Name, name.into())
            .filter(Column::Id.eq(id))
            .filter(Column::UserId.eq(user.as_uuid()))
            .exec(&self.db)
            .await?;
        Ok(renamed.rows_affected == 1)
    }

    /// Removes one, unless it is the last way in.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn remove_passkey(&self, change: &FactorChange<'_>, id: Uuid) -> Result<Changed, StoreError> {
        let tx = self.db.begin().await?;
        second_factors::one_after_another(&tx, change.user).await?;
        let ways = identities::ways_in(&tx, change.user).await?;
        let removed = Entity::delete_many()
            .filter(Column::Id.eq(id))
            .filter(Column::UserId.eq(change.user.as_uuid()))
            .exec(&tx)
            .await?;
        if removed.rows_affected == 0 {
            return Ok(Changed::Nothing);
        }
        if !ways.can_lose_one() {
            return Ok(Changed::LastWayIn);
        }
        change.settle_removed(tx).await
    }
}

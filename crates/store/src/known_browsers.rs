//! Which browsers an account has been used from, by a hash of what each of them was given.
//!
//! Accepted race: two new browsers that sign in within the same moment, and are the first two
//! that the account ever sees, may both count as the first one; then no letter is written.

use domain::{Timestamp, UserId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, TryInsertResult,
    sea_query::{Alias, Expr, ExprTrait, OnConflict, Query},
};

use crate::{
    NewOutboxRow, Store, StoreError,
    entity::known_browsers::{ActiveModel, Column, Entity},
    outbox,
};

/// A browser that an account was used from.
#[derive(Clone, Debug)]
pub struct KnownBrowser {
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
}

impl Store {
    /// Notes that a browser was used again; answers whether the account knows it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn see_browser(&self, user: UserId, browser_hash: &str, now: Timestamp) -> Result<bool, StoreError> {
        let seen = Entity::update_many()
            .col_expr(Column::LastSeenAt, now.as_millis().into())
            .filter(Column::UserId.eq(user.as_uuid()))
            .filter(Column::BrowserHash.eq(browser_hash))
            .exec(&self.db)
            .await?;
        Ok(seen.rows_affected == 1)
    }

    /// Remembers a browser, and writes `letter` along unless it is the account's first one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_browser(
        &self,
        user: UserId,
        browser_hash: &str,
        letter: NewOutboxRow,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let row = ActiveModel {
            user_id: Set(user.as_uuid()),
            browser_hash: Set(browser_hash.to_owned()),
            first_seen_at: Set(now.as_millis()),
            last_seen_at: Set(now.as_millis()),
        };
        let mut known = OnConflict::columns([Column::UserId, Column::BrowserHash]);
        known.do_nothing();
        let tx = self.db.begin().await?;
        let inserted = Entity::insert(row).on_conflict(known).try_insert().exec_without_returning(&tx).await?;
        if matches!(inserted, TryInsertResult::Inserted(1..)) {
            let others = Entity::find()
                .filter(Column::UserId.eq(user.as_uuid()))
                .filter(Column::BrowserHash.ne(browser_hash))
                .count(&tx)
                .await?;
            if others > 0 {
                outbox::insert(&tx, &[letter], now).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// An account's browsers, the one used last first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_browsers(&self, user: UserId, limit: u64) -> Result<Vec<KnownBrowser>, StoreError> {
        let rows = Entity::find()
            .filter(Column::UserId.eq(user.as_uuid()))
            .order_by_desc(Column::LastSeenAt)
            .limit(limit)
            .all(&self.db)
            .await?;
        let browser = |row: crate::entity::known_browsers::Model| KnownBrowser {
            first_seen_at: Timestamp::from_millis(row.first_seen_at),
            last_seen_at: Timestamp::from_millis(row.last_seen_at),
        };
        Ok(rows.into_iter().map(browser).collect())
    }

    /// Forgets browsers that nobody can come back with. An account keeps the one it used last: an
    /// account that knows none takes the next one for its first, and says nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_dead_browsers(&self, before: Timestamp) -> Result<u64, StoreError> {
        let later = Alias::new("later");
        let of_later = |column: Column| Expr::col((later.clone(), column));
        let used_later = Query::select()
            .expr(Expr::val(1))
            .from_as(Entity, later.clone())
            .and_where(of_later(Column::UserId).equals((Entity, Column::UserId)))
            .and_where(of_later(Column::LastSeenAt).gt(Expr::col((Entity, Column::LastSeenAt))))
            .take();
        let dead = Entity::delete_many()
            .filter(Column::LastSeenAt.lt(before.as_millis()))
            .filter(Expr::exists(used_later))
            .exec(&self.db)
            .await?;
        Ok(dead.rows_affected)
    }
}

//! What is to be done outside: rows first, in the transaction of their cause.
//!
//! What must hold: one key is one row; a row is worked on by one worker at a time, who
//! holds its lease, and what a worker says after its lease was given to another counts for
//! nothing (fencing). A row that was done, or that can't be done, is never taken again.
//!
//! Accepted race: a worker that outlives its lease may do the same thing as the one after
//! it. What is done outside carries the row's id, so that the other side can tell.

use domain::Timestamp;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict},
};
use uuid::Uuid;

use crate::{
    Store, StoreError,
    entity::outbox::{ActiveModel, Column, Entity, Model},
};

const WAITING: &str = "waiting";
const DONE: &str = "done";
const PARKED: &str = "parked";

/// Something to be done outside.
#[derive(Clone, Debug)]
pub struct NewOutboxRow {
    pub id: Uuid,
    pub kind: &'static str,
    /// What makes two intents the same one.
    pub key: String,
    pub payload: String,
}

/// A row that this worker holds until `leased_until`.
#[derive(Clone, Debug)]
pub struct LeasedRow {
    pub id: Uuid,
    pub kind: String,
    pub key: String,
    pub payload: String,
    /// How often it was tried before.
    pub attempts: u32,
    pub created_at: Timestamp,
    pub lease: String,
}

/// Writes rows beside what caused them. An intent that is there already stays as it is.
pub(crate) async fn insert<C: ConnectionTrait>(
    db: &C,
    rows: &[NewOutboxRow],
    now: Timestamp,
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.iter().map(|row| ActiveModel {
        id: Set(row.id),
        kind: Set(row.kind.to_owned()),
        key: Set(row.key.clone()),
        payload: Set(row.payload.clone()),
        state: Set(WAITING.to_owned()),
        attempts: Set(0),
        due_at: Set(now.as_millis()),
        lease: Set(None),
        leased_until: Set(0),
        last_error: Set(None),
        created_at: Set(now.as_millis()),
        ended_at: Set(None),
    });
    let mut same = OnConflict::column(Column::Key);
    same.do_nothing();
    Entity::insert_many(rows).on_conflict(same).exec_without_returning(db).await?;
    Ok(())
}

impl Store {
    /// Writes rows that have no other cause in the database.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_outbox(&self, rows: &[NewOutboxRow], now: Timestamp) -> Result<(), StoreError> {
        insert(&self.db, rows, now).await?;
        self.db.written.notify_one();
        Ok(())
    }

    /// Takes up to `limit` rows that are due, oldest first, until `leased_until`. One statement:
    /// two workers never take the same row.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lease_outbox(
        &self,
        limit: u64,
        lease: &str,
        now: Timestamp,
        leased_until: Timestamp,
    ) -> Result<Vec<LeasedRow>, StoreError> {
        let mut due = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::State.eq(WAITING))
            .filter(Column::DueAt.lte(now.as_millis()))
            .filter(Column::LeasedUntil.lte(now.as_millis()))
            .order_by_asc(Column::DueAt)
            .limit(limit)
            .into_query();
        // SQLite has one writer; PostgreSQL passes over what another worker is taking right now.
        if self.db.get_database_backend() == DbBackend::Postgres {
            due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        }
        let rows = Entity::update_many()
            .col_expr(Column::Lease, lease.into())
            .col_expr(Column::LeasedUntil, leased_until.as_millis().into())
            .filter(Column::Id.in_subquery(due))
            .exec_with_returning(&self.db)
            .await?;
        let mut rows: Vec<LeasedRow> = rows.into_iter().map(|row| leased(row, lease)).collect();
        rows.sort_by_key(|row| row.id);
        Ok(rows)
    }

    /// It is done: its payload is no longer needed, and gone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn finish_outbox(&self, row: &LeasedRow, now: Timestamp) -> Result<bool, StoreError> {
        self.end_outbox(row, DONE, None, now).await
    }

    /// It can't be done: it stays to be looked at, and is not tried again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn park_outbox(&self, row: &LeasedRow, error: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.end_outbox(row, PARKED, Some(error), now).await
    }

    async fn end_outbox(
        &self,
        row: &LeasedRow,
        state: &str,
        error: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut update = Entity::update_many()
            .col_expr(Column::State, state.into())
            .col_expr(Column::LastError, error.map(str::to_owned).into())
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .col_expr(Column::EndedAt, Some(now.as_millis()).into())
            .filter(held(row));
        if state == DONE {
            update = update.col_expr(Column::Payload, "".into());
        }
        Ok(update.exec(&self.db).await?.rows_affected == 1)
    }

    /// Not this time: again at `due_at`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn retry_outbox(&self, row: &LeasedRow, error: &str, due_at: Timestamp) -> Result<bool, StoreError> {
        let update = Entity::update_many()
            .col_expr(Column::LastError, Some(error.to_owned()).into())
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .col_expr(Column::DueAt, due_at.as_millis().into())
            .col_expr(Column::LeasedUntil, 0_i64.into())
            .filter(held(row));
        Ok(update.exec(&self.db).await?.rows_affected == 1)
    }

    /// How many rows wait, and when the oldest of them was written; for metrics and tests.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn outbox_backlog(&self) -> Result<(u64, Option<Timestamp>), StoreError> {
        let counted: Option<(i64, Option<i64>)> = Entity::find()
            .select_only()
            .column_as(Column::Id.count(), "waiting")
            .column_as(Column::CreatedAt.min(), "oldest")
            .filter(Column::State.eq(WAITING))
            .into_tuple()
            .one(&self.db)
            .await?;
        let (waiting, oldest) = counted.unwrap_or_default();
        Ok((u64::try_from(waiting).unwrap_or(0), oldest.map(Timestamp::from_millis)))
    }

    /// How many rows can't be done and wait for somebody to look at them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_parked_outbox(&self) -> Result<u64, StoreError> {
        Ok(Entity::find().filter(Column::State.eq(PARKED)).count(&self.db).await?)
    }

    /// The same of one kind.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_parked_outbox_of(&self, kind: &str) -> Result<u64, StoreError> {
        let of_kind = Column::State.eq(PARKED).and(Column::Kind.eq(kind));
        Ok(Entity::find().filter(of_kind).count(&self.db).await?)
    }

    /// Waits until something may have come into the outbox on this node. What other nodes
    /// write is found by looking now and then.
    pub async fn outbox_written(&self) {
        self.db.written.notified().await;
    }

    /// Removes rows that were done before `before`; what was parked stays.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_done_outbox(&self, before: Timestamp) -> Result<u64, StoreError> {
        let old = Column::State.eq(DONE).and(Column::EndedAt.lt(before.as_millis()));
        Ok(Entity::delete_many().filter(old).exec(&self.db).await?.rows_affected)
    }
}

/// The row as long as this worker's lease is the last one given.
fn held(row: &LeasedRow) -> sea_orm::sea_query::SimpleExpr {
    Column::Id.eq(row.id).and(Column::Lease.eq(row.lease.as_str())).and(Column::State.eq(WAITING))
}

fn leased(row: Model, lease: &str) -> LeasedRow {
    LeasedRow {
        id: row.id,
        kind: row.kind,
        key: row.key,
        payload: row.payload,
        attempts: u32::try_from(row.attempts).unwrap_or(0),
        created_at: Timestamp::from_millis(row.created_at),
        lease: lease.to_owned(),
    }
}

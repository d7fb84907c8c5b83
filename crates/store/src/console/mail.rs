//! Mail that did not go out: what an operator sees of it, and sending it again. What is in a letter
//! stays sealed.

use domain::Timestamp;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::ExprTrait};
use uuid::Uuid;

use crate::{
    AuditEntry, Paged, Store, StoreError, audit_entries,
    entity::outbox::{Column, Entity, Model},
};

const WAITING: &str = "waiting";
const PARKED: &str = "parked";

/// A row of the outbox that failed at least once.
#[derive(Clone, Debug)]
pub struct FailedRow {
    pub id: Uuid,
    /// Sealed.
    pub payload: String,
    /// Given up; else it is tried again at `due_at`.
    pub is_parked: bool,
    pub attempts: u32,
    pub due_at: Timestamp,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
}

fn failed(row: Model) -> FailedRow {
    FailedRow {
        id: row.id,
        payload: row.payload,
        is_parked: row.state == PARKED,
        attempts: u32::try_from(row.attempts).unwrap_or(0),
        due_at: Timestamp::from_millis(row.due_at),
        last_error: row.last_error,
        created_at: Timestamp::from_millis(row.created_at),
    }
}

fn has_failed(kind: &str) -> Condition {
    let tried = Column::State.eq(WAITING).and(Column::Attempts.gt(0));
    Condition::all().add(Column::Kind.eq(kind)).add(Condition::any().add(Column::State.eq(PARKED)).add(tried))
}

impl Store {
    /// What failed of a kind, newest first, before one of them. Ids grow with time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_failed_outbox(
        &self,
        kind: &str,
        before: Option<Uuid>,
        size: u64,
    ) -> Result<Paged<FailedRow>, StoreError> {
        let rows = Entity::find()
            .filter(has_failed(kind))
            .filter(Condition::all().add_option(before.map(|id| Column::Id.lt(id))))
            .order_by_desc(Column::Id)
            .limit(size + 1)
            .all(&self.db)
            .await?;
        Ok(Paged::of(rows.into_iter().map(failed).collect(), size))
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn find_failed_outbox(&self, kind: &str, id: Uuid) -> Result<Option<FailedRow>, StoreError> {
        let row = Entity::find_by_id(id).filter(has_failed(kind)).one(&self.db).await?;
        Ok(row.map(failed))
    }

    /// Has a row that failed tried at once, with the entry about it; answers whether it was one, and
    /// nobody has it in hand.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn try_outbox_again(
        &self,
        kind: &str,
        id: Uuid,
        entry: &AuditEntry,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        let changed = Entity::update_many()
            .col_expr(Column::State, WAITING.into())
            .col_expr(Column::DueAt, now.as_millis().into())
            .col_expr(Column::EndedAt, None::<i64>.into())
            .col_expr(Column::LeasedUntil, 0_i64.into())
            .filter(Column::Id.eq(id))
            .filter(has_failed(kind))
            // One that was parked keeps the lease of whoever gave it up.
            .filter(Column::State.eq(PARKED).or(Column::LeasedUntil.lte(now.as_millis())))
            .exec(&tx)
            .await?;
        if changed.rows_affected != 1 {
            return Ok(false);
        }
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(true)
    }
}

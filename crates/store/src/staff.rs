//! Product staff: who operates the product, apart from all roles in organisations.
//!
//! What must hold: somebody becomes staff by an operator's command and no other way, and that they
//! did, or no longer are, stands in the trail.

use domain::{Timestamp, UserId, accounts::Person};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, EntityTrait, PaginatorTrait, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use uuid::Uuid;

use crate::{
    AuditEntry, Store, StoreError, audit_entries,
    entity::{
        staff::{ActiveModel, Column, Entity},
        users,
    },
    memberships::JoinBySharedColumn,
};

/// More than any product has.
const MOST: u64 = 1000;

/// One of the staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    pub person: Person,
    pub since: Timestamp,
}

pub(crate) async fn is_one<C: ConnectionTrait>(db: &C, user: UserId) -> Result<bool, StoreError> {
    Ok(Entity::find_by_id(user.as_uuid()).count(db).await? > 0)
}

impl Store {
    /// # Errors
    /// When the database does not answer.
    pub async fn is_staff(&self, user: UserId) -> Result<bool, StoreError> {
        is_one(&self.db, user).await
    }

    /// By address.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_staff(&self) -> Result<Vec<Staff>, StoreError> {
        let rows: Vec<(Uuid, i64, String, String)> = Entity::find()
            .select_only()
            .columns([Column::UserId, Column::GrantedAt])
            .columns([users::Column::Email, users::Column::Name])
            .join_custom_inner(
                users::Entity,
                Expr::col((users::Entity, users::Column::Id)).equals((Entity, Column::UserId)),
            )
            .order_by_asc(users::Column::Email)
            .limit(MOST)
            .into_tuple()
            .all(&self.db)
            .await?;
        let staff = |(id, since, email, name)| Staff {
            person: Person { id: UserId::from_uuid(id), email, name },
            since: Timestamp::from_millis(since),
        };
        Ok(rows.into_iter().map(staff).collect())
    }

    /// Makes somebody one of the staff, with the entry that says so; answers whether they were not yet.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_staff(&self, user: UserId, entry: &AuditEntry) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        let row = ActiveModel { user_id: Set(user.as_uuid()), granted_at: Set(entry.at.as_millis()) };
        let mut already = OnConflict::column(Column::UserId);
        already.do_nothing();
        let inserted = Entity::insert(row).on_conflict(already).try_insert().exec_without_returning(&tx).await?;
        if !matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)) {
            return Ok(false);
        }
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The other way round.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_staff(&self, user: UserId, entry: &AuditEntry) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        if Entity::delete_by_id(user.as_uuid()).exec(&tx).await?.rows_affected == 0 {
            return Ok(false);
        }
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(true)
    }
}

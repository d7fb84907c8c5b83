//! Operators who act as somebody.
//!
//! What must hold: it goes on only while it has not ended and its time is not up, the operator is staff
//! and signed in, and the person is none of the staff: read anew for every request, in one statement.
//! That it ended is written once, with its entry.
//!
//! The operator's own session waits meanwhile under a key that no browser has the id to.

use domain::{OrgId, Timestamp, UserId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Expr, ExprTrait, Query},
};
use uuid::Uuid;

use crate::{
    AuditEntry, NewOutboxRow, Store, StoreError, audit_entries,
    entity::{
        impersonations::{ActiveModel, Column, Entity},
        sessions, staff, users,
    },
    memberships::JoinBySharedColumn,
    outbox,
    users::ACTIVE,
};

/// One that begins.
#[derive(Clone, Debug)]
pub struct NewImpersonation<'a> {
    pub id: Uuid,
    pub operator: UserId,
    pub user: UserId,
    pub org: OrgId,
    pub reason: &'a str,
    /// The operator's session as it is stored now, and as it waits.
    pub session: (&'a str, &'a str),
    pub ends_at: Timestamp,
}

/// What is known of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impersonation {
    pub id: Uuid,
    pub operator: UserId,
    /// The operator's address.
    pub operator_email: String,
    pub user: UserId,
    /// The person's address.
    pub user_email: String,
    pub org: OrgId,
    pub operator_session: String,
    pub ends_at: Timestamp,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    operator_id: Uuid,
    operator_email: String,
    user_id: Uuid,
    user_email: String,
    org_id: Uuid,
    operator_session: String,
    ends_at: i64,
}

impl From<Row> for Impersonation {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            operator: UserId::from_uuid(row.operator_id),
            operator_email: row.operator_email,
            user: UserId::from_uuid(row.user_id),
            user_email: row.user_email,
            org: OrgId::from_uuid(row.org_id),
            operator_session: row.operator_session,
            ends_at: Timestamp::from_millis(row.ends_at),
        }
    }
}

/// The columns of a [`Row`]; two people, so each under a name of its own.
fn with_people() -> Select<Entity> {
    let (operators, persons) = (Alias::new("operators"), Alias::new("persons"));
    let mut select = Entity::find()
        .select_only()
        .columns([Column::Id, Column::OperatorId, Column::UserId, Column::OrgId])
        .columns([Column::OperatorSession, Column::EndsAt])
        .expr_as(Expr::col((operators.clone(), users::Column::Email)), "operator_email")
        .expr_as(Expr::col((persons.clone(), users::Column::Email)), "user_email");
    let query = sea_orm::QueryTrait::query(&mut select);
    for (name, column) in [(operators, Column::OperatorId), (persons, Column::UserId)] {
        let of = Expr::col((name.clone(), users::Column::Id)).equals((Entity, column));
        query.join_as(JoinType::InnerJoin, users::Entity, name, of);
    }
    select
}

impl Store {
    /// Begins it, with the letter to the person and the entry; answers whether that session was the
    /// operator's still.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_impersonation(
        &self,
        new: &NewImpersonation<'_>,
        letters: &[NewOutboxRow],
        entry: &AuditEntry,
    ) -> Result<bool, StoreError> {
        let (session, waiting) = new.session;
        let tx = self.db.begin().await?;
        let set_aside = sessions::Entity::update_many()
            .col_expr(sessions::Column::IdHash, waiting.into())
            .filter(sessions::Column::IdHash.eq(session))
            .filter(sessions::Column::UserId.eq(new.operator.as_uuid()))
            .exec(&tx)
            .await?;
        if set_aside.rows_affected != 1 {
            return Ok(false);
        }
        let row = ActiveModel {
            id: Set(new.id),
            operator_id: Set(new.operator.as_uuid()),
            user_id: Set(new.user.as_uuid()),
            org_id: Set(new.org.as_uuid()),
            reason: Set(new.reason.to_owned()),
            operator_session: Set(waiting.to_owned()),
            began_at: Set(entry.at.as_millis()),
            ends_at: Set(new.ends_at.as_millis()),
            ended_at: Set(None),
        };
        Entity::insert(row).exec_without_returning(&tx).await?;
        outbox::insert(&tx, letters, entry.at).await?;
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// One that goes on now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_live_impersonation(&self, id: Uuid, now: Timestamp) -> Result<Option<Impersonation>, StoreError> {
        let operators = Alias::new("operators");
        let none_of_the_staff = Query::select().column(staff::Column::UserId).from(staff::Entity).take();
        let row: Option<Row> = with_people()
            .join_custom_inner(
                staff::Entity,
                Expr::col((staff::Entity, staff::Column::UserId)).equals((Entity, Column::OperatorId)),
            )
            .join_custom_inner(
                sessions::Entity,
                Expr::col((sessions::Entity, sessions::Column::IdHash))
                    .equals((Entity, Column::OperatorSession))
                    .and(Expr::col((sessions::Entity, sessions::Column::UserId)).equals((Entity, Column::OperatorId))),
            )
            .filter(Column::Id.eq(id))
            .filter(Column::EndedAt.is_null())
            .filter(Column::EndsAt.gt(now.as_millis()))
            .filter(Column::UserId.not_in_subquery(none_of_the_staff))
            .filter(Expr::col((operators.clone(), users::Column::Status)).eq(ACTIVE))
            .filter(Expr::col((operators, users::Column::DeletionDueAt)).is_null())
            .into_model()
            .one(&self.db)
            .await?;
        Ok(row.map(Into::into))
    }

    /// Whatever became of it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_impersonation(&self, id: Uuid) -> Result<Option<Impersonation>, StoreError> {
        let row: Option<Row> = with_people().filter(Column::Id.eq(id)).into_model().one(&self.db).await?;
        Ok(row.map(Into::into))
    }

    /// Those that were not ended though their time is up, or those of one operator.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_open_impersonations(
        &self,
        of: Option<UserId>,
        now: Timestamp,
        limit: u64,
    ) -> Result<Vec<Impersonation>, StoreError> {
        let which = match of {
            Some(operator) => Column::OperatorId.eq(operator.as_uuid()),
            None => Column::EndsAt.lte(now.as_millis()),
        };
        let rows: Vec<Row> = with_people()
            .filter(Column::EndedAt.is_null())
            .filter(which)
            .order_by_asc(Column::EndsAt)
            .limit(limit)
            .into_model()
            .all(&self.db)
            .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Ends it, with the entry that says so; answers whether it had not ended before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_impersonation(&self, id: Uuid, entry: &AuditEntry) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        let ended = Entity::update_many()
            .col_expr(Column::EndedAt, Some(entry.at.as_millis()).into())
            .filter(Column::Id.eq(id))
            .filter(Column::EndedAt.is_null())
            .exec(&tx)
            .await?;
        if ended.rows_affected != 1 {
            return Ok(false);
        }
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Forgets those that ended before `before`: the trail knows them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_ended_impersonations(&self, before: Timestamp) -> Result<u64, StoreError> {
        let old = Column::EndedAt.lt(before.as_millis());
        Ok(Entity::delete_many().filter(old).exec(&self.db).await?.rows_affected)
    }
}

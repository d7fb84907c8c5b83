//! Sessions. Keyed by a hash: reading this table opens no session (check S01).
//!
//! What must hold: an ended session never comes back (check S04, rack-session
//! CVE-2025-46336). So only [`Store::insert_session`] inserts, and saving changes
//! a row that is there or nothing.

use std::sync::OnceLock;

use domain::{
    Timestamp, UserId,
    accounts::{SessionDevice, SessionTimes},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait,
    Select, Statement,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    PersonWithMemberships, Store, StoreError,
    entity::{
        sessions::{ActiveModel, Column, Entity},
        users,
    },
    memberships::{JoinBySharedColumn, PersonRow, person_of, with_memberships},
    users::ACTIVE,
};

/// A session that begins.
pub struct NewSession<'a> {
    pub id_hash: &'a str,
    pub user: Option<UserId>,
    /// The session's own JSON.
    pub data: &'a str,
    /// Where somebody signed in with it.
    pub device: Option<&'a SessionDevice>,
}

/// A session as stored. `data` is the session's own JSON.
pub struct StoredSession {
    pub data: String,
    pub times: SessionTimes,
    /// Whose it is, read in the same statement; none before signing in, and when they are gone, disabled or leaving.
    pub person: Option<PersonWithMemberships>,
}

#[derive(FromQueryResult)]
struct SessionRow {
    data: String,
    created_at: i64,
    last_seen_at: i64,
    #[sea_orm(nested)]
    person: PersonRow,
}

/// The statement behind [`Store::find_session`]. Every signed-in request runs it, and putting its
/// text together costs as much as running it: that is done once for each kind of database.
fn find(backend: DbBackend, id_hash: &str) -> Statement {
    static SQLITE: OnceLock<String> = OnceLock::new();
    static POSTGRES: OnceLock<String> = OnceLock::new();
    let text = if backend == DbBackend::Sqlite { &SQLITE } else { &POSTGRES };
    let text = text.get_or_init(|| select(id_hash).build(backend).sql);
    Statement::from_sql_and_values(backend, text, [ACTIVE.into(), id_hash.into()])
}

fn select(id_hash: &str) -> Select<Entity> {
    let owner = Expr::col((users::Entity, users::Column::Id))
        .equals((Entity, Column::UserId))
        .and(users::Column::Status.eq(ACTIVE))
        .and(users::Column::DeletionDueAt.is_null());
    let session = Entity::find()
        .select_only()
        .columns([Column::Data, Column::CreatedAt, Column::LastSeenAt])
        .join_custom(users::Entity, owner)
        .filter(Column::IdHash.eq(id_hash));
    with_memberships(session)
}

/// Ends every session of a person, but for one, in the transaction of its cause.
pub(crate) async fn delete_of<C: ConnectionTrait>(
    db: &C,
    user: UserId,
    except: Option<&str>,
) -> Result<u64, StoreError> {
    let mut theirs = Entity::delete_many().filter(Column::UserId.eq(user.as_uuid()));
    if let Some(id_hash) = except {
        theirs = theirs.filter(Column::IdHash.ne(id_hash));
    }
    Ok(theirs.exec(db).await?.rows_affected)
}

impl Store {
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken.
    pub async fn insert_session(&self, session: &NewSession<'_>, now: Timestamp) -> Result<(), StoreError> {
        let device = session.device;
        let row = ActiveModel {
            id_hash: Set(session.id_hash.to_owned()),
            user_id: Set(session.user.map(UserId::as_uuid)),
            data: Set(session.data.to_owned()),
            created_at: Set(now.as_millis()),
            last_seen_at: Set(now.as_millis()),
            handle: Set(device.map(|device| device.handle)),
            user_agent: Set(device.and_then(|device| device.user_agent.clone())),
            address: Set(device.and_then(|device| device.address.clone())),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Changes a live session; one that has ended stays ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_session(&self, id_hash: &str, user: Option<UserId>, data: &str) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::Data, data.into())
            .col_expr(Column::UserId, user.map(UserId::as_uuid).into())
            .filter(Column::IdHash.eq(id_hash))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn find_session(&self, id_hash: &str) -> Result<Option<StoredSession>, StoreError> {
        let statement = find(self.db.get_database_backend(), id_hash);
        let rows = SessionRow::find_by_statement(statement).all(&self.db).await?;
        let Some(SessionRow { data, created_at, last_seen_at, .. }) = rows.first() else { return Ok(None) };
        let times = SessionTimes {
            created_at: Timestamp::from_millis(*created_at),
            last_seen_at: Timestamp::from_millis(*last_seen_at),
        };
        let data = data.clone();
        let person = person_of(rows.into_iter().map(|row| row.person).collect())?;
        Ok(Some(StoredSession { data, times, person }))
    }

    /// Writes "last seen", forwards only.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn touch_session(&self, id_hash: &str, now: Timestamp) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::LastSeenAt, now.as_millis().into())
            .filter(Column::IdHash.eq(id_hash))
            .filter(Column::LastSeenAt.lt(now.as_millis()))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// Answers whether there was one, which one of several at once is told.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_session(&self, id_hash: &str) -> Result<bool, StoreError> {
        Ok(Entity::delete_by_id(id_hash).exec(&self.db).await?.rows_affected > 0)
    }

    /// Removes sessions that nobody has used since `idle_since` or that began before `began_before`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_dead_sessions(
        &self,
        idle_since: Timestamp,
        began_before: Timestamp,
    ) -> Result<u64, StoreError> {
        let dead = Column::LastSeenAt.lt(idle_since.as_millis()).or(Column::CreatedAt.lt(began_before.as_millis()));
        Ok(Entity::delete_many().filter(dead).exec(&self.db).await?.rows_affected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kept_text_is_the_statement_with_its_values_in_their_places() {
        for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
            for id_hash in ["first", "second"] {
                assert_eq!(find(backend, id_hash), select(id_hash).build(backend));
            }
        }
    }
}

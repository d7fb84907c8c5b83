//! One organisation's rows, and no others: the one door to the tables of the product (check T09).
//!
//! What must hold: whoever forgets a filter here still finds nothing of others. On `PostgreSQL` the
//! database sees to it: its policies show the rows of the organisation that the transaction names,
//! and none to a transaction that names none. SQLite has no such thing; there the filters are alone,
//! and the keys over organisation and id.

use domain::OrgId;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use crate::{
    Store,
    bounded::{Bounded, BoundedTransaction},
};

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paged<T> {
    pub rows: Vec<T>,
    pub has_more: bool,
}

impl<T> Paged<T> {
    /// Of one row more than fits.
    pub(crate) fn of(mut rows: Vec<T>, size: u64) -> Self {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let has_more = rows.len() > size;
        rows.truncate(size);
        Self { rows, has_more }
    }
}

/// Reads within one organisation.
pub(crate) enum Reader {
    /// SQLite: a transaction would keep writers away.
    Plain(Bounded),
    Named(BoundedTransaction),
}

impl Store {
    pub(crate) async fn read_in(&self, org: OrgId) -> Result<Reader, DbErr> {
        match self.db.get_database_backend() {
            DbBackend::Postgres => Ok(Reader::Named(self.write_in(org).await?)),
            _ => Ok(Reader::Plain(self.db.clone())),
        }
    }

    pub(crate) async fn write_in(&self, org: OrgId) -> Result<BoundedTransaction, DbErr> {
        let tx = self.db.begin().await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            let name = "SELECT set_config('portico.org_id', $1, true)";
            tx.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, name, [org.to_string().into()]))
                .await?;
        }
        Ok(tx)
    }

    /// Whether the database itself keeps organisations apart: not for a superuser, and not on SQLite.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keeps_tenants_apart(&self) -> Result<Option<bool>, crate::StoreError> {
        if self.db.get_database_backend() != DbBackend::Postgres {
            return Ok(None);
        }
        let sql = "SELECT NOT (rolsuper OR rolbypassrls) AS apart FROM pg_roles WHERE rolname = current_user";
        let row = self.db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
        Ok(row.map(|row| row.try_get("", "apart")).transpose()?)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Plain(db) => db.get_database_backend(),
            Self::Named(tx) => tx.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Plain(db) => db.execute_raw(statement).await,
            Self::Named(tx) => tx.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Plain(db) => db.execute_unprepared(sql).await,
            Self::Named(tx) => tx.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Plain(db) => db.query_one_raw(statement).await,
            Self::Named(tx) => tx.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Plain(db) => db.query_all_raw(statement).await,
            Self::Named(tx) => tx.query_all_raw(statement).await,
        }
    }
}

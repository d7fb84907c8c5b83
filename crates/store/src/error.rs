//! What can go wrong below.

use sea_orm::{DbErr, RuntimeErr, SqlErr};
use thiserror::Error;

#[derive(Debug, Error)]
pub enum StoreError {
    /// The database is away, busy beyond our patience, or not migrated.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    /// Not something that a database can be opened with.
    #[error("is not an address of a database that can be opened")]
    Address,
    /// A unique constraint said no.
    #[error("already exists")]
    Conflict,
    /// A row holds what no version of this product writes.
    #[error("unreadable row: {0}")]
    Corrupt(&'static str),
    #[error("the database refuses the statement: {0}")]
    Refused(String),
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(_)) = error.sql_err() {
            return Self::Conflict;
        }
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(error.to_string()),
            DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner)) => {
                match inner.as_ref() {
                    // A statement that the server understood and would not run.
                    sea_orm::sqlx::Error::Database(said) if !is_passing(said.code().as_deref()) => {
                        Self::Refused(error.to_string())
                    }
                    _ => Self::Unavailable(error.to_string()),
                }
            }
            _ => Self::Refused(error.to_string()),
        }
    }
}

/// Codes that pass by themselves: PostgreSQL's connection, shutdown, resource and
/// cancellation classes (<https://www.postgresql.org/docs/current/errcodes-appendix.html>),
/// and SQLite's busy and locked with their extended forms.
fn is_passing(code: Option<&str>) -> bool {
    let Some(code) = code else { return true };
    if let (Ok(sqlite), 1..5) = (code.parse::<u32>(), code.len()) {
        return matches!(sqlite & 0xff, 5 | 6 | 10 | 13 | 14);
    }
    code.starts_with("08") || code.starts_with("53") || code.starts_with("57") || code.starts_with("40")
}

//! Opening a database: SQLite embedded or PostgreSQL, by its URL.

use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

use crate::{
    StoreError,
    bounded::{Bounded, Doubt},
};

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: Bounded,
}

/// How long a request waits for a connection or for SQLite's writer before it is
/// told that the database is away (check D04).
const PATIENCE: Duration = Duration::from_secs(3);
/// No statement of a page takes longer on a healthy PostgreSQL, which ends it by itself then.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(3);
/// A connection that idled this long is asked whether it still lives before it is
/// used: that is what makes recovery after a database restart need no restart here.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(2);

impl Store {
    /// Opens lazily: a database that is away at the start is met by the first request.
    ///
    /// # Errors
    /// When the URL is not one of a known database.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let (mut options, doubt) = (ConnectOptions::new(url), Doubt::default());
        options
            .connect_lazy(true)
            .acquire_timeout(PATIENCE)
            .connect_timeout(PATIENCE)
            .test_before_acquire_if_idle_for(TEST_AFTER_IDLE)
            .sqlx_logging(false);
        if url.starts_with("sqlite:") {
            options.max_connections(8).map_sqlx_sqlite_opts(|sqlite| {
                sqlite
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Normal)
                    .foreign_keys(true)
                    .busy_timeout(PATIENCE)
            });
        } else {
            let doubt = doubt.clone();
            options
                .max_connections(16)
                .statement_timeout(STATEMENT_TIMEOUT)
                .map_sqlx_postgres_pool_opts(move |pool| doubt.examine(pool));
        }
        // The library's own words quote the address, and the address holds the password.
        let db = Database::connect(options).await.map_err(|_| StoreError::Address)?;
        Ok(Self { db: Bounded::new(db, doubt) })
    }

    /// For migrations, which may take their time: on PostgreSQL without a limit on statements,
    /// and under a lock, so that two of them wait for each other.
    ///
    /// # Errors
    /// As [`Store::open`], or when the lock can't be had.
    pub async fn open_for_migrations(url: &str) -> Result<(Self, Option<Self>), StoreError> {
        if url.starts_with("sqlite:") {
            return Ok((Self::open(url).await?, None));
        }
        let open = |connections| {
            let mut options = ConnectOptions::new(url);
            options.max_connections(connections).acquire_timeout(PATIENCE).sqlx_logging(false);
            Database::connect(options)
        };
        let address = |_| StoreError::Unavailable("it can't be reached".to_owned());
        // Held by its session: gone with the process, whatever happens to it.
        let lock = open(1).await.map_err(address)?;
        lock.execute_unprepared("SELECT pg_advisory_lock(7036874)").await?;
        let store = |db| Self { db: Bounded::new(db, Doubt::default()) };
        Ok((store(open(2).await.map_err(address)?), Some(store(lock))))
    }

    /// For migrations, and for tests that read the database as their oracle. Without the
    /// bound that every other statement has.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.db.inner
    }

    /// Does the database answer?
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.db.execute_unprepared("SELECT 1").await?;
        Ok(())
    }
}

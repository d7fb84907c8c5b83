//! A connection that does not wait for ever (check D04).
//!
//! What must hold: a database that takes connections and never answers costs a request
//! [`ANSWER`] at most, and costs the pool nothing: `PostgreSQL`'s own limits end a statement
//! only while somebody is there to end it, and sqlx asks a connection that is given back
//! whether it still lives, without a limit. So a statement that was given up on marks the
//! pool as doubtful, and while it is, a connection that is given back and does not answer
//! soon is thrown away instead of waited for.

use std::{
    pin::pin,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
    sqlx::{Connection, PgConnection, Postgres, pool::PoolOptions},
};
use tokio::{sync::Notify, time::timeout};

/// The longest that a statement may take, with the wait for a connection. Longer than the
/// database's own limits, which say more about what went wrong.
const ANSWER: Duration = Duration::from_secs(4);
/// How long connections are asked twice after a statement got no answer: longer than any
/// request that began before it.
const DOUBT: Duration = Duration::from_secs(20);
/// And after its asker hung up, which says nothing about the database: as long as it takes to
/// give back that one connection. On a busy site somebody hangs up every other moment.
const DOUBT_OF_ONE: Duration = Duration::from_millis(500);
/// A connection that lives answers at once.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

/// Until when the connections are in doubt.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doubt(Arc<Mutex<Option<Instant>>>);

impl Doubt {
    fn arise(&self, lasting: Duration) {
        if let Ok(mut until) = self.0.lock() {
            *until = (*until).max(Some(Instant::now() + lasting));
        }
    }

    fn is_fresh(&self) -> bool {
        self.0.lock().is_ok_and(|until| until.is_some_and(|until| Instant::now() < until))
    }

    /// Has connections that are given back in doubt show that they live.
    pub(crate) fn examine(&self, pool: PoolOptions<Postgres>) -> PoolOptions<Postgres> {
        let doubt = self.clone();
        pool.after_release(move |connection, _| {
            let doubtful = doubt.is_fresh();
            Box::pin(async move { if doubtful { is_alive(connection).await } else { Ok(true) } })
        })
    }
}

async fn is_alive(connection: &mut PgConnection) -> Result<bool, sea_orm::sqlx::Error> {
    match timeout(SIGN_OF_LIFE, connection.ping()).await {
        Ok(answer) => answer.map(|()| true),
        // An error and not `Ok(false)`: nobody says goodbye to one that does not listen.
        Err(_) => Err(sea_orm::sqlx::Error::PoolTimedOut),
    }
}

/// Marks the doubt unless the statement came to its end: also when the one who asked hung up.
struct Unfinished<'a> {
    doubt: Option<&'a Doubt>,
    lasting: Duration,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(doubt) = self.doubt {
            doubt.arise(self.lasting);
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Bounded {
    pub(crate) inner: DatabaseConnection,
    doubt: Doubt,
    /// Told whenever something may have come into the outbox on this node.
    pub(crate) written: Arc<Notify>,
    /// And into the inbox.
    pub(crate) received: Arc<Notify>,
}

impl Bounded {
    pub(crate) fn new(inner: DatabaseConnection, doubt: Doubt) -> Self {
        Self { inner, doubt, written: Arc::default(), received: Arc::default() }
    }

    async fn within<T>(&self, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        within(&self.doubt, statement).await
    }

    /// Several statements of one moment. SQLite gets its writer at once: a reader that
    /// wants to write later would be refused instead of waiting.
    pub(crate) async fn begin(&self) -> Result<BoundedTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let inner = self.within(self.inner.begin_with_options(options)).await?;
        Ok(BoundedTransaction { inner, doubt: self.doubt.clone(), written: Arc::clone(&self.written) })
    }
}

async fn within<T>(doubt: &Doubt, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    // Declared before the mark, so dropped after it: the connection is given back in doubt.
    let mut statement = pin!(statement);
    let mut unfinished = Unfinished { doubt: Some(doubt), lasting: DOUBT_OF_ONE };
    let answer = timeout(ANSWER, statement.as_mut()).await;
    match answer {
        Ok(_) => unfinished.doubt = None,
        Err(_) => unfinished.lasting = DOUBT,
    }
    answer.unwrap_or_else(|_| Err(DbErr::Conn(RuntimeErr::Internal("no answer in time".to_owned()))))
}

/// A transaction of which every statement is bounded. Dropped without [`Self::commit`], nothing of it happened.
pub(crate) struct BoundedTransaction {
    inner: DatabaseTransaction,
    doubt: Doubt,
    written: Arc<Notify>,
}

impl BoundedTransaction {
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        let Self { inner, doubt, written } = self;
        within(&doubt, inner.commit()).await?;
        // Rows for the outbox are written in transactions, and seen only from here on.
        written.notify_one();
        Ok(())
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for BoundedTransaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        within(&self.doubt, self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        within(&self.doubt, self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        within(&self.doubt, self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        within(&self.doubt, self.inner.query_all_raw(statement)).await
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Bounded {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.within(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.within(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.within(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.within(self.inner.query_all_raw(statement)).await
    }
}

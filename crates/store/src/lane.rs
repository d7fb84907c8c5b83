//! A lane of its own for the one statement that every signed-in request runs.
//!
//! sqlx asks every connection that is given back whether it still lives: a task and a second
//! round trip, as much work as the statement itself. Here a connection that has just answered
//! goes to the next request as it is.
//!
//! What must hold: the lane takes half of the pool at most, and who waits for it waits no
//! longer than for the pool; a connection that idled, or is used in doubt, is asked first,
//! with a limit; one whose statement failed or was given up on goes back to the pool, which
//! finds out what is wrong with it.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use sea_orm::{
    ConnAcquireErr, DatabaseConnection, DbBackend, DbErr, QueryResult, RuntimeErr,
    sqlx::{Database, Error, Pool, Postgres, Sqlite, pool::PoolConnection, query},
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use crate::{
    bounded::{Doubt, is_alive},
    connection::PATIENCE,
};

/// How long the lane keeps a connection before the pool sees it again, which lets none grow old.
const SHIFT: Duration = Duration::from_secs(600);

#[derive(Debug)]
pub(crate) enum Lane {
    Sqlite(LaneOf<Sqlite>),
    Postgres(LaneOf<Postgres>),
}

impl Lane {
    pub(crate) fn of(connection: &DatabaseConnection, doubt: &Doubt) -> Self {
        if connection.get_database_backend() == DbBackend::Sqlite {
            Self::Sqlite(LaneOf::new(connection.get_sqlite_connection_pool(), doubt))
        } else {
            Self::Postgres(LaneOf::new(connection.get_postgres_connection_pool(), doubt))
        }
    }

    pub(crate) async fn query_all(&self, text: &'static str, values: &[&str]) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(lane) => {
                let mut visit = lane.enter().await?;
                let statement = values.iter().fold(query::<Sqlite>(text), |statement, value| statement.bind(*value));
                let rows = statement.fetch_all(visit.connection()).await.map_err(no_answer)?;
                visit.leave();
                Ok(rows.into_iter().map(QueryResult::from).collect())
            }
            Self::Postgres(lane) => {
                let mut visit = lane.enter().await?;
                let statement = values.iter().fold(query::<Postgres>(text), |statement, value| statement.bind(*value));
                let rows = statement.fetch_all(visit.connection()).await.map_err(no_answer)?;
                visit.leave();
                Ok(rows.into_iter().map(QueryResult::from).collect())
            }
        }
    }
}

fn no_answer(error: Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}

fn no_connection(error: Error) -> DbErr {
    match error {
        Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        error => DbErr::Conn(RuntimeErr::SqlxError(error.into())),
    }
}

#[derive(Debug)]
pub(crate) struct LaneOf<D: Database> {
    pool: Pool<D>,
    places: Semaphore,
    /// Those in nobody's hands, the one used last on top.
    kept: Mutex<Vec<Kept<D>>>,
    doubt: Doubt,
}

#[derive(Debug)]
struct Kept<D: Database> {
    connection: PoolConnection<D>,
    taken_from_pool: Instant,
    last_used: Instant,
}

/// A statement on its way. Dropped without [`Self::leave`], its connection is the pool's again.
struct Visit<'a, D: Database> {
    kept: Kept<D>,
    lane: &'a LaneOf<D>,
    _place: SemaphorePermit<'a>,
}

impl<D: Database> Visit<'_, D> {
    fn connection(&mut self) -> &mut D::Connection {
        &mut self.kept.connection
    }

    fn leave(self) {
        self.lane.keep(self.kept);
    }
}

impl<D: Database> LaneOf<D> {
    fn new(pool: &Pool<D>, doubt: &Doubt) -> Self {
        let places = (pool.options().get_max_connections() / 2).max(1);
        Self {
            pool: pool.clone(),
            places: Semaphore::new(places as usize),
            kept: Mutex::default(),
            doubt: doubt.clone(),
        }
    }

    async fn enter(&self) -> Result<Visit<'_, D>, DbErr> {
        let place = timeout(PATIENCE, self.places.acquire()).await;
        let Ok(Ok(place)) = place else { return Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) };
        Ok(Visit { kept: self.take().await?, lane: self, _place: place })
    }

    fn pop(&self) -> Option<Kept<D>> {
        self.kept.lock().ok()?.pop()
    }

    async fn take(&self) -> Result<Kept<D>, DbErr> {
        while let Some(mut kept) = self.pop() {
            let doubtful = self.doubt.concerns(kept.last_used.elapsed());
            if !doubtful || is_alive(&mut *kept.connection).await.is_ok() {
                return Ok(kept);
            }
            // One that is dead is seldom alone: the pool asks all of them, at once.
            self.doubt.arise();
            while self.pop().is_some() {}
        }
        let connection = self.pool.acquire().await.map_err(no_connection)?;
        let now = Instant::now();
        Ok(Kept { connection, taken_from_pool: now, last_used: now })
    }

    fn keep(&self, kept: Kept<D>) {
        let kept = Kept { last_used: Instant::now(), ..kept };
        if kept.last_used.duration_since(kept.taken_from_pool) < SHIFT
            && let Ok(mut all) = self.kept.lock()
        {
            all.push(kept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    fn kept(store: &Store) -> usize {
        match store.db.lane() {
            Lane::Sqlite(lane) => lane.kept.lock().unwrap().len(),
            Lane::Postgres(lane) => lane.kept.lock().unwrap().len(),
        }
    }

    #[tokio::test]
    async fn what_answered_goes_to_the_next_and_what_failed_does_not() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        for word in ["first", "second"] {
            let rows = store.db.query_in_lane("SELECT $1", &[word]).await.unwrap();
            assert_eq!(rows[0].try_get_by_index::<String>(0).unwrap(), word);
            assert_eq!(kept(&store), 1, "one connection for both");
        }
        store.db.query_in_lane("SELECT * FROM nowhere", &[]).await.unwrap_err();
        assert_eq!(kept(&store), 0, "the pool has it");
    }
}

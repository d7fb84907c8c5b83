//! A fresh, migrated database: an SQLite file, or one of a PostgreSQL cluster.

use std::future::Future;

use sea_orm::ConnectionTrait;
use store::Store;
use tempfile::TempDir;
use uuid::Uuid;

/// Gone when dropped (PostgreSQL's with its cluster).
pub struct Database {
    pub url: String,
    pub kind: &'static str,
    _folder: Option<TempDir>,
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where PostgreSQL is")]
fn postgres_url() -> Option<String> {
    std::env::var("PORTICO_TEST_POSTGRES_URL").ok()
}

impl Database {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}/portico.db?mode=rwc", folder.path().display());
        migrate(&url).await;
        Self { url, kind: "SQLite", _folder: Some(folder) }
    }

    /// # Panics
    /// Without `PORTICO_TEST_POSTGRES_URL`, which `make test` sets: a test that
    /// silently skips PostgreSQL would be one that can't fail.
    pub async fn postgres() -> Self {
        let cluster = postgres_url()
            .expect("PORTICO_TEST_POSTGRES_URL is not set; run `make test`, or start one with scripts/postgres");
        let name = format!("portico_{}", Uuid::new_v4().simple());
        let store = Store::open(&cluster).await.expect("the test cluster");
        store.connection().execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a fresh database");
        let (server, _) = cluster.rsplit_once('/').expect("an URL with a database");
        let url = format!("{server}/{name}");
        migrate(&url).await;
        Self { url, kind: "PostgreSQL", _folder: None }
    }
}

async fn migrate(url: &str) {
    let store = Store::open(url).await.expect("the fresh database");
    migrations::up(store.connection()).await.expect("migrations");
}

/// Runs a test on SQLite, then on PostgreSQL, and says on which it failed.
pub async fn each_database<F: Future<Output = ()>>(test: impl Fn(Database) -> F) {
    for database in [Database::sqlite().await, Database::postgres().await] {
        println!("on {}", database.kind);
        test(database).await;
    }
}

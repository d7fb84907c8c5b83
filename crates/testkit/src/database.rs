//! A fresh, migrated database: an SQLite file, or one of a PostgreSQL cluster.

use std::future::Future;

use sea_orm::ConnectionTrait;
use store::Store;
use tempfile::TempDir;
use uuid::Uuid;

/// Gone when dropped (PostgreSQL's with its cluster).
pub struct Database {
    pub url: String,
    /// As somebody whom no wall between organisations holds up: for the test that looks.
    pub oracle_url: String,
    pub kind: &'static str,
    _folder: Option<TempDir>,
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where PostgreSQL is")]
fn postgres_url() -> Option<String> {
    std::env::var("PORTICO_TEST_POSTGRES_URL").ok()
}

/// Whom the product connects as: no superuser, as in production. Made by whichever test is first.
const ORDINARY_USER: &str = "DO $$ BEGIN CREATE ROLE portico_app LOGIN; \
     EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";

impl Database {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}/portico.db?mode=rwc", folder.path().display());
        migrate(&url).await;
        Self { oracle_url: url.clone(), url, kind: "SQLite", _folder: Some(folder) }
    }

    /// # Panics
    /// Without `PORTICO_TEST_POSTGRES_URL`, which `make test` sets: a test that
    /// silently skips PostgreSQL would be one that can't fail.
    pub async fn postgres() -> Self {
        let cluster = postgres_url()
            .expect("PORTICO_TEST_POSTGRES_URL is not set; run `make test`, or start one with scripts/postgres");
        let name = format!("portico_{}", Uuid::new_v4().simple());
        let store = Store::open(&cluster).await.expect("the test cluster");
        let cluster_does =
            async |sql: &str| store.connection().execute_unprepared(sql).await.expect("a fresh database");
        cluster_does(ORDINARY_USER).await;
        cluster_does(&format!("CREATE DATABASE {name} OWNER portico_app")).await;
        let (server, _) = cluster.rsplit_once('/').expect("an URL with a database");
        let oracle_url = format!("{server}/{name}");
        let (_, host) = server.rsplit_once('@').expect("an URL with a user");
        let url = format!("postgres://portico_app@{host}/{name}");
        migrate(&url).await;
        Self { url, oracle_url, kind: "PostgreSQL", _folder: None }
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

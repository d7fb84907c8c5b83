//! The bare server to compare with: axum, one database read of a row as large as the
//! page, and nothing else. What Portico costs above this is Portico's own.
//!
//! `bench ADDR DATABASE_URL NAME=BYTES…` answers `GET /NAME` with a row of so many bytes.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::{Router, routing::get};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, Statement};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(database)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bench ADDR DATABASE_URL NAME=BYTES…".into());
    };
    let db = connect(&database).await?;
    for page in arguments {
        let (name, bytes) = page.split_once('=').ok_or("a page is NAME=BYTES")?;
        store_page(&db, name, bytes.parse()?).await?;
    }

    let router =
        Router::new().route("/healthz", get(|| async { "alive" })).route("/{name}", get(page)).with_state(Arc::new(db));
    let listener = tokio::net::TcpListener::bind(address.parse::<SocketAddr>()?).await?;
    axum::serve(listener, router).await?;
    Ok(())
}

async fn page(State(db): State<Arc<DatabaseConnection>>, Path(name): Path<String>) -> Result<Html<String>, StatusCode> {
    let row = db
        .query_one_raw(statement(&db, "SELECT body FROM bench_page WHERE name = $1", [name.into()]))
        .await
        .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?
        .ok_or(StatusCode::NOT_FOUND)?;
    let body = row.try_get("", "body").map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Html(body))
}

async fn connect(database: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(database);
    // A query in the log would be work that the pages are not charged with.
    options.sqlx_logging(false).max_connections(16);
    let db = Database::connect(options).await?;
    db.execute_unprepared("CREATE TABLE IF NOT EXISTS bench_page (name TEXT PRIMARY KEY, body TEXT NOT NULL)").await?;
    Ok(db)
}

async fn store_page(db: &DatabaseConnection, name: &str, bytes: usize) -> Result<(), DbErr> {
    db.execute_raw(statement(db, "DELETE FROM bench_page WHERE name = $1", [name.into()])).await?;
    let body = "x".repeat(bytes);
    db.execute_raw(statement(db, "INSERT INTO bench_page (name, body) VALUES ($1, $2)", [name.into(), body.into()]))
        .await?;
    Ok(())
}

fn statement<const N: usize>(db: &DatabaseConnection, sql: &str, values: [sea_orm::Value; N]) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}

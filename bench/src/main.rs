//! The bare server to compare with: axum, one database read of a row as large as the
//! page, and nothing else. What Portico costs above this is Portico's own.
//!
//! `bench ADDR DATABASE_URL NAME=BYTES…` answers `GET /NAME` with a row of so many bytes, and `POST /webhook`
//! as little as can be: it verifies the signature, inserts, and says so.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Html;
use axum::{Router, routing::get, routing::post};
use hmac::{Hmac, Mac};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, Statement};
use sha2::Sha256;

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

    let router = Router::new()
        .route("/healthz", get(|| async { "alive" }))
        .route("/{name}", get(page))
        .route("/webhook", post(webhook))
        .with_state(Arc::new(db));
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

/// The signature over the bytes, one insert by the event's id, 200.
async fn webhook(State(db): State<Arc<DatabaseConnection>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some((t, v1)) = header.split_once(",v1=") else { return StatusCode::BAD_REQUEST };
    let Some(given) = unhex(v1) else { return StatusCode::BAD_REQUEST };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(b"whsec_sandbox") else { return StatusCode::BAD_REQUEST };
    mac.update(t.trim_start_matches("t=").as_bytes());
    mac.update(b".");
    mac.update(&body);
    if mac.verify_slice(&given).is_err() {
        return StatusCode::BAD_REQUEST;
    }
    let Ok(event) = serde_json::from_slice::<serde_json::Value>(&body) else { return StatusCode::BAD_REQUEST };
    let id = event["id"].as_str().unwrap_or_default().to_owned();
    let sql = "INSERT INTO bench_event (id, body) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
    match db.execute_raw(statement(&db, sql, [id.into(), body.to_vec().into()])).await {
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

async fn connect(database: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(database);
    // A query in the log would be work that the pages are not charged with.
    options.sqlx_logging(false).max_connections(16);
    // As Portico opens it: SQLite's own defaults wait for the disk with every insert.
    if database.starts_with("sqlite") {
        options.max_connections(8).map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(std::time::Duration::from_secs(5))
        });
    }
    let db = Database::connect(options).await?;
    db.execute_unprepared("CREATE TABLE IF NOT EXISTS bench_page (name TEXT PRIMARY KEY, body TEXT NOT NULL)").await?;
    let blob = match db.get_database_backend() {
        sea_orm::DbBackend::Postgres => "BYTEA",
        _ => "BLOB",
    };
    db.execute_unprepared(&format!(
        "CREATE TABLE IF NOT EXISTS bench_event (id TEXT PRIMARY KEY, body {blob} NOT NULL)"
    ))
    .await?;
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

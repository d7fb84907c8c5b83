//! The database as an oracle: what is in it, whole and readable. (A row of the library's own,
//! printed for debugging, says only that it can't be inspected.)

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};
use testkit::World;

async fn rows(world: &World, sql: &str) -> Vec<QueryResult> {
    let db = world.oracle.connection();
    db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap()
}

async fn texts(world: &World, sql: &str) -> Vec<String> {
    rows(world, sql)
        .await
        .iter()
        .map(|row| row.try_get::<Option<String>>("", "text").unwrap().unwrap_or_default())
        .collect()
}

/// Every table there is.
async fn names(world: &World) -> Vec<String> {
    let sql = match world.oracle.connection().get_database_backend() {
        DbBackend::Sqlite => "SELECT name AS text FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
        _ => "SELECT tablename::text AS text FROM pg_tables WHERE schemaname = 'public'",
    };
    let mut names = texts(world, sql).await;
    names.sort_unstable();
    names
}

/// Every row of a table, a line each, with all its values.
pub async fn content(world: &World, table: &str) -> String {
    if world.oracle.connection().get_database_backend() != DbBackend::Sqlite {
        let sql = format!("SELECT row_to_json(t)::text AS text FROM {table} t ORDER BY 1");
        return texts(world, &sql).await.join("\n");
    }
    let columns = texts(world, &format!("SELECT name AS text FROM pragma_table_info('{table}')")).await;
    let all: Vec<String> = columns.iter().map(|column| format!("'{column}=' || quote(\"{column}\")")).collect();
    texts(world, &format!("SELECT {} AS text FROM {table} ORDER BY 1", all.join(" || ' ' || "))).await.join("\n")
}

/// Everything in every table.
pub async fn dump(world: &World) -> String {
    dump_but(world, &[]).await
}

/// Everything in every table but these.
pub async fn dump_but(world: &World, left_out: &[&str]) -> String {
    let mut text = String::new();
    for table in names(world).await.into_iter().filter(|table| !left_out.contains(&table.as_str())) {
        text += &format!("== {table}\n{}\n", content(world, &table).await);
    }
    assert!(text.contains("m0001_people"), "it can be read: {text}");
    text
}

/// How many rows there are of a table, or of a part of it (`outbox WHERE kind = 'mail'`).
pub async fn count(world: &World, what: &str) -> i64 {
    rows(world, &format!("SELECT CAST(COUNT(*) AS BIGINT) AS n FROM {what}")).await[0].try_get("", "n").unwrap()
}

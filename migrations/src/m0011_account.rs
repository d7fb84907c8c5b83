//! What people look after themselves: where they are signed in, which browsers their account
//! knows, and when it is to be deleted.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer_null, string, string_null, uuid, uuid_null},
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::{at, owned_by};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite takes one column at a time.
        for column in [uuid_null("handle"), string_null("user_agent"), string_null("address")] {
            manager.alter_table(Table::alter().table("sessions").add_column(column).take()).await?;
        }
        name_sessions(manager).await?;
        manager
            .create_index(Index::create().name("sessions_handle").table("sessions").col("handle").unique().take())
            .await?;
        manager
            .alter_table(Table::alter().table("users").add_column(big_integer_null("deletion_due_at")).take())
            .await?;
        manager
            .create_index(Index::create().name("users_deletion_due_at").table("users").col("deletion_due_at").take())
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("known_browsers")
                    .col(uuid("user_id"))
                    // SHA-256 of the browser's cookie and the person: two accounts of one browser look unrelated.
                    .col(string("browser_hash"))
                    .col(at("first_seen_at"))
                    .col(at("last_seen_at"))
                    .primary_key(Index::create().col("user_id").col("browser_hash"))
                    .foreign_key(&mut owned_by("user_id", "users", "id"))
                    .take(),
            )
            .await?;
        for (name, column) in [("audit_entries_actor_id", "actor_id"), ("audit_entries_actor", "actor")] {
            manager.create_index(Index::create().name(name).table("audit_entries").col(column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table) in [
            ("audit_entries_actor", "audit_entries"),
            ("audit_entries_actor_id", "audit_entries"),
            ("users_deletion_due_at", "users"),
            ("sessions_handle", "sessions"),
        ] {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        manager.drop_table(Table::drop().table("known_browsers").take()).await?;
        manager.alter_table(Table::alter().table("users").drop_column("deletion_due_at").take()).await?;
        for column in ["address", "user_agent", "handle"] {
            manager.alter_table(Table::alter().table("sessions").drop_column(column).take()).await?;
        }
        Ok(())
    }
}

/// Sessions that are there already can be ended as well.
async fn name_sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let random = match manager.get_database_backend() {
        DbBackend::Sqlite => "randomblob(16)",
        _ => "gen_random_uuid()",
    };
    manager.get_connection().execute_unprepared(&format!("UPDATE sessions SET handle = {random}")).await?;
    Ok(())
}

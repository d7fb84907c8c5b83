//! People, their sessions, what a refused form carries over, and attempt counters.

use sea_orm_migration::{
    prelude::*,
    schema::{integer, string, string_null, text, uuid, uuid_null},
};

use crate::{at, owned_by};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("users")
                    .col(uuid("id").primary_key())
                    // The canonical form.
                    .col(string("email").unique_key())
                    .col(string("name"))
                    .col(string_null("password_hash"))
                    // active | disabled
                    .col(string("status"))
                    .col(at("created_at"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("sessions")
                    // SHA-256 of the id in the cookie: the table opens no session.
                    .col(string("id_hash").primary_key())
                    .col(uuid_null("user_id"))
                    .col(text("data"))
                    .col(at("created_at"))
                    .col(at("last_seen_at"))
                    .foreign_key(&mut owned_by("user_id", "users", "id"))
                    .take(),
            )
            .await?;
        manager.create_index(Index::create().name("sessions_user_id").table("sessions").col("user_id").take()).await?;
        manager
            .create_index(Index::create().name("sessions_last_seen_at").table("sessions").col("last_seen_at").take())
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("flashes")
                    .col(string("id_hash").primary_key())
                    .col(text("content"))
                    .col(at("expires_at"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("throttle_counters")
                    // What is counted: account:<e-mail> or address:<network address>.
                    .col(string("subject").primary_key())
                    .col(at("window_start"))
                    .col(integer("attempts"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["throttle_counters", "flashes", "sessions", "users"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

//! What is to be done outside (a mail, a call), written in the same transaction as its cause.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer_null, integer, string, string_null, text, uuid},
};

use crate::at;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("outbox")
                    .col(uuid("id").primary_key())
                    // mail | create_customer
                    .col(string("kind"))
                    // One intent, one row: a second one with the same key is the same.
                    .col(string("key").unique_key())
                    // Sealed where it is a secret; empty once it is done.
                    .col(text("payload"))
                    // waiting | done | parked
                    .col(string("state"))
                    .col(integer("attempts"))
                    .col(at("due_at"))
                    .col(string_null("lease"))
                    .col(at("leased_until"))
                    .col(string_null("last_error"))
                    .col(at("created_at"))
                    .col(big_integer_null("ended_at"))
                    .take(),
            )
            .await?;
        manager
            .create_index(Index::create().name("outbox_state_due_at").table("outbox").col("state").col("due_at").take())
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("outbox").take()).await
    }
}

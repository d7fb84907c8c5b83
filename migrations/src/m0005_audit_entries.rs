//! The audit trail. Append-only: the product has no statement that changes or
//! removes a row. Ids and names stand as they were, without foreign keys, so that
//! an entry outlives what it speaks of.

use sea_orm_migration::{
    prelude::*,
    schema::{string, string_null, uuid, uuid_null},
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
                    .table("audit_entries")
                    // Version 7: grows with time, so it orders equal times as well.
                    .col(uuid("id").primary_key())
                    .col(at("at"))
                    .col(uuid_null("org_id"))
                    .col(uuid_null("actor_id"))
                    .col(string("actor"))
                    .col(string("action"))
                    .col(string("outcome"))
                    .col(string_null("reason"))
                    .col(string_null("address"))
                    .col(string("request_id"))
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("audit_entries_org_at")
                    .table("audit_entries")
                    .col("org_id")
                    .col("at")
                    .col("id")
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("audit_entries").take()).await
    }
}

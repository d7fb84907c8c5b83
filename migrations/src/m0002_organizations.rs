//! Organisations and memberships.

use sea_orm_migration::{
    prelude::*,
    schema::{string, uuid},
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
                    .table("organizations")
                    .col(uuid("id").primary_key())
                    .col(string("slug").unique_key())
                    .col(string("name"))
                    .col(at("created_at"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("memberships")
                    .col(uuid("org_id"))
                    .col(uuid("user_id"))
                    .col(string("role"))
                    .col(at("created_at"))
                    .primary_key(Index::create().col("org_id").col("user_id"))
                    .foreign_key(&mut owned_by("org_id", "organizations", "id"))
                    .foreign_key(&mut owned_by("user_id", "users", "id"))
                    .take(),
            )
            .await?;
        manager
            .create_index(Index::create().name("memberships_user_id").table("memberships").col("user_id").take())
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["memberships", "organizations"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

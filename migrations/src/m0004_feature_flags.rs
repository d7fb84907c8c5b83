//! Feature flags: one row for everybody, one for each organisation that differs.

use sea_orm_migration::{
    prelude::*,
    schema::{string, uuid},
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
                    .table("feature_flags")
                    .col(string("name"))
                    // The nil id stands for everybody: a key can't hold NULL.
                    .col(uuid("org_id"))
                    // on | off | a share such as 25%
                    .col(string("rollout"))
                    .col(at("updated_at"))
                    .primary_key(Index::create().col("name").col("org_id"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("feature_flags").take()).await
    }
}

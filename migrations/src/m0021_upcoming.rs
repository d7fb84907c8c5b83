//! What comes next of a subscription, for people to read.

use sea_orm_migration::{prelude::*, schema::text_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // JSON: the next invoice and a change that waits, as shown. Nothing is looked up or decided by it.
        let add = Table::alter().table("subscriptions").add_column(text_null("upcoming")).take();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("subscriptions").drop_column("upcoming").take()).await
    }
}

//! Mail that is kept instead of sent, in development only: what `/dev/mail` shows.

use sea_orm_migration::{
    prelude::*,
    schema::{string, text, uuid},
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
                    .table("kept_mail")
                    // The outbox row's, which grows with time.
                    .col(uuid("id").primary_key())
                    .col(at("at"))
                    .col(string("recipient"))
                    .col(string("subject"))
                    .col(text("plain"))
                    .col(text("html"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("kept_mail").take()).await
    }
}

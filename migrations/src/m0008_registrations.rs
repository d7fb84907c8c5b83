//! Registrations that wait for their mailbox, and links that change an account.

use sea_orm_migration::{
    prelude::*,
    schema::{string, string_null, uuid, uuid_null},
};

use crate::{at, owned_by};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Nothing of this exists as an account: any number of them for one address.
        manager
            .create_table(
                Table::create()
                    .table("registrations")
                    .col(uuid("id").primary_key())
                    // SHA-256 of the token in the mail (check P01).
                    .col(string("token_hash").unique_key())
                    .col(string("email"))
                    .col(string("name"))
                    .col(string("organization"))
                    .col(string("password_hash"))
                    .col(at("created_at"))
                    .col(at("expires_at"))
                    .take(),
            )
            .await?;
        manager
            .create_index(Index::create().name("registrations_email").table("registrations").col("email").take())
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("account_links")
                    .col(string("token_hash").primary_key())
                    // reset_password | change_email
                    .col(string("purpose"))
                    // None: asked for somebody who has no account; it opens nothing, and takes as long to write.
                    .col(uuid_null("user_id"))
                    // The address of the account when it was asked for: with another one it is dead.
                    .col(string("email"))
                    .col(string_null("new_email"))
                    .col(at("created_at"))
                    .col(at("expires_at"))
                    .foreign_key(&mut owned_by("user_id", "users", "id"))
                    .take(),
            )
            .await?;
        manager
            .create_index(Index::create().name("account_links_user_id").table("account_links").col("user_id").take())
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["account_links", "registrations"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

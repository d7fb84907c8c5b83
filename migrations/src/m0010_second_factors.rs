//! What proves a person beside a password: authenticators, recovery codes, passkeys and the
//! challenges under way. And which organisations ask for it.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, boolean, string, text, uuid, uuid_null},
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
                    .table("totp_authenticators")
                    .col(uuid("user_id").primary_key())
                    // Sealed: whoever reads it makes codes.
                    .col(text("secret"))
                    // The last step whose code was used: none counts twice (RFC 6238 section 5.2).
                    .col(big_integer("last_step"))
                    .col(at("created_at"))
                    // It counts from then on.
                    .col(big_integer_null("confirmed_at"))
                    .foreign_key(&mut owned_by("user_id", "users", "id"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("recovery_codes")
                    .col(uuid("user_id"))
                    .col(string("code_hash"))
                    .col(at("created_at"))
                    .primary_key(Index::create().col("user_id").col("code_hash"))
                    .foreign_key(&mut owned_by("user_id", "users", "id"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("passkeys")
                    .col(uuid("id").primary_key())
                    .col(uuid("user_id"))
                    // base64url, as browsers write it.
                    .col(string("credential_id").unique_key())
                    .col(string("name"))
                    // The public key and what else checking needs, as JSON.
                    .col(text("credential"))
                    .col(big_integer("counter"))
                    .col(at("created_at"))
                    .col(big_integer_null("last_used_at"))
                    .foreign_key(&mut owned_by("user_id", "users", "id"))
                    .take(),
            )
            .await?;
        manager.create_index(Index::create().name("passkeys_user_id").table("passkeys").col("user_id").take()).await?;
        manager
            .create_table(
                Table::create()
                    .table("passkey_challenges")
                    // Of the token in the browser's session.
                    .col(string("token_hash").primary_key())
                    // add | sign_in | second_factor | confirm, and whose.
                    .col(string("purpose"))
                    .col(uuid_null("user_id"))
                    .col(text("state"))
                    .col(at("expires_at"))
                    .foreign_key(&mut owned_by("user_id", "users", "id"))
                    .take(),
            )
            .await?;
        manager
            .alter_table(
                Table::alter()
                    .table("organizations")
                    .add_column(boolean("requires_second_factor").default(false))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("organizations").drop_column("requires_second_factor").take()).await?;
        for table in ["passkey_challenges", "passkeys", "recovery_codes", "totp_authenticators"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

//! Accounts at other providers that open one here, and the ways there that are under way.

use sea_orm_migration::{
    prelude::*,
    schema::{string, string_null, text, uuid, uuid_null},
};

use crate::{at, owned_by};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(identities()).await?;
        // Who somebody is there: the issuer and its subject, and nothing else (check O06).
        let mut key = Index::create();
        key.name("identities_issuer_subject").table("identities").col("issuer").col("subject").unique();
        manager.create_index(key).await?;
        manager
            .create_index(Index::create().name("identities_user_id").table("identities").col("user_id").take())
            .await?;
        manager.create_table(login_flows()).await?;
        manager
            .create_index(Index::create().name("login_flows_expires_at").table("login_flows").col("expires_at").take())
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["login_flows", "identities"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

fn identities() -> TableCreateStatement {
    Table::create()
        .table("identities")
        .col(uuid("id").primary_key())
        .col(uuid("user_id"))
        // google | github | microsoft
        .col(string("provider"))
        .col(string("issuer"))
        .col(string("subject"))
        // As the provider last said; shown to its owner, and nothing rests on it.
        .col(string_null("email"))
        // Sealed, for this issuer and subject.
        .col(text("tokens"))
        .col(at("created_at"))
        .col(at("last_used_at"))
        .foreign_key(&mut owned_by("user_id", "users", "id"))
        .take()
}

fn login_flows() -> TableCreateStatement {
    Table::create()
        .table("login_flows")
        // SHA-256 of the state that went to the provider.
        .col(string("state_hash").primary_key())
        // SHA-256 of the cookie of the browser that it began in.
        .col(string("browser_hash"))
        .col(string("provider"))
        // Who links it to their account, and the session that asks for that; null: to sign in.
        .col(uuid_null("user_id"))
        .col(string_null("session_hash"))
        // Sealed: the nonce and the PKCE verifier.
        .col(text("secrets"))
        .col(string_null("next"))
        .col(at("expires_at"))
        .foreign_key(&mut owned_by("user_id", "users", "id"))
        .take()
}

//! Invitations into an organisation, and whom or what an audit entry is about.

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
                    .table("invitations")
                    .col(uuid("id").primary_key())
                    .col(uuid("org_id"))
                    // Canonical, as users have it.
                    .col(string("email"))
                    .col(string("role"))
                    // SHA-256 of the token in the mail.
                    .col(string("token_hash").unique_key())
                    // An invitation goes with the account of whoever sent it.
                    .col(uuid("invited_by"))
                    .col(at("created_at"))
                    .col(at("expires_at"))
                    .foreign_key(&mut owned_by("org_id", "organizations", "id"))
                    .foreign_key(&mut owned_by("invited_by", "users", "id"))
                    .take(),
            )
            .await?;
        let mut one_each = Index::create();
        one_each.name("invitations_org_email").table("invitations").col("org_id").col("email").unique();
        manager.create_index(one_each).await?;
        manager
            .create_index(Index::create().name("invitations_invited_by").table("invitations").col("invited_by").take())
            .await?;
        let subject = ColumnDef::new("subject").string().null().take();
        manager.alter_table(Table::alter().table("audit_entries").add_column(subject).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("audit_entries").drop_column("subject").take()).await?;
        manager.drop_table(Table::drop().table("invitations").take()).await
    }
}

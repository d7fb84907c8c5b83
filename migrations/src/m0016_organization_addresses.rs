//! Addresses that lead to an organisation: the one it has and those it had, each to one
//! organisation only; and when it is to be deleted.

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
                    .table("organization_addresses")
                    .col(string("slug").primary_key())
                    .col(uuid("org_id"))
                    .col(at("since"))
                    .foreign_key(&mut owned_by("org_id", "organizations", "id"))
                    .take(),
            )
            .await?;
        let index =
            Index::create().name("organization_addresses_org_id").table("organization_addresses").col("org_id").take();
        manager.create_index(index).await?;
        let all = Query::select().columns(["slug", "id", "created_at"]).from("organizations").take();
        let mut copy = Query::insert();
        copy.into_table("organization_addresses").columns(["slug", "org_id", "since"]);
        copy.select_from(all).map_err(|error| DbErr::Custom(error.to_string()))?;
        manager.execute(copy).await?;
        let due = ColumnDef::new("deletion_due_at").big_integer().null().take();
        manager.alter_table(Table::alter().table("organizations").add_column(due).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let due = Table::alter().table("organizations").drop_column("deletion_due_at").take();
        manager.alter_table(due).await?;
        manager.drop_table(Table::drop().table("organization_addresses").take()).await
    }
}

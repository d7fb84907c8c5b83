//! When and from where an organisation may be used, and who got in regardless.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let rules = ColumnDef::new("access_rules").text().null().take();
        manager.alter_table(Table::alter().table("organizations").add_column(rules).take()).await?;
        let until = ColumnDef::new("glass_broken_until").big_integer().null().take();
        manager.alter_table(Table::alter().table("memberships").add_column(until).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("memberships", "glass_broken_until"), ("organizations", "access_rules")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
        }
        Ok(())
    }
}

//! An organisation's customer and subscription at the payment provider.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer_null, boolean, integer, string, string_null, uuid},
};

use crate::{at, owned_by};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One to one, by a unique constraint on both sides (P-05).
        manager
            .create_table(
                Table::create()
                    .table("billing_customers")
                    .col(uuid("org_id").primary_key())
                    .col(string("stripe_customer_id").unique_key())
                    .col(boolean("livemode"))
                    .col(at("created_at"))
                    .foreign_key(&mut owned_by("org_id", "organizations", "id"))
                    .take(),
            )
            .await?;
        // The intent to create that customer, and who is at it (domain::billing::customer_creation).
        manager
            .create_table(
                Table::create()
                    .table("customer_creations")
                    .col(uuid("org_id").primary_key())
                    .col(integer("key_number"))
                    .col(at("first_at"))
                    .col(at("key_first_at"))
                    .col(string("name"))
                    .col(string("email"))
                    // none | unanswered | failed
                    .col(string("last_call"))
                    .col(string_null("lease"))
                    .col(at("lease_until"))
                    .foreign_key(&mut owned_by("org_id", "organizations", "id"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("subscriptions")
                    .col(uuid("org_id").primary_key())
                    .col(string("stripe_subscription_id").unique_key())
                    .col(string("plan"))
                    .col(string("status"))
                    .col(big_integer_null("current_period_end"))
                    .col(at("updated_at"))
                    .foreign_key(&mut owned_by("org_id", "organizations", "id"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["subscriptions", "customer_creations", "billing_customers"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

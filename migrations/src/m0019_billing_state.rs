//! What the payment provider tells us, and what we know by that: events as they came, whose
//! customers are being fetched, invoices, and more of a subscription.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, binary, boolean, integer, string, string_null, text_null, uuid},
};

use crate::{at, owned_by};

#[derive(DeriveMigrationName)]
pub struct Migration;

fn events() -> TableCreateStatement {
    Table::create()
        .table("billing_events")
        // The provider's: the same id is the same event (W-04).
        .col(string("id").primary_key())
        .col(string("kind"))
        .col(boolean("livemode"))
        .col(string_null("api_version"))
        // Null where it concerns no customer.
        .col(string_null("customer"))
        // The organisation its object names, to be compared.
        .col(string_null("claimed_org"))
        .col(at("created_at"))
        .col(at("received_at"))
        // As it was signed.
        .col(binary("body"))
        // waiting | applied | ignored | quarantined | parked
        .col(string("state"))
        .col(string_null("reason"))
        .col(big_integer_null("ended_at"))
        .take()
}

fn syncs() -> TableCreateStatement {
    Table::create()
        .table("billing_syncs")
        // One row while somebody fetches what this customer has, or failed to and tries again.
        .col(string("customer").primary_key())
        .col(at("due_at"))
        .col(integer("attempts"))
        .col(string_null("lease"))
        .col(at("leased_until"))
        .col(string_null("last_error"))
        .take()
}

fn checkouts() -> TableCreateStatement {
    Table::create()
        .table("checkouts")
        // One row while somebody begins one: never two at once.
        .col(uuid("org_id").primary_key())
        .col(string("lease"))
        .col(at("leased_until"))
        .foreign_key(&mut owned_by("org_id", "organizations", "id"))
        .take()
}

fn invoices() -> TableCreateStatement {
    Table::create()
        .table("invoices")
        // The provider's.
        .col(string("id").primary_key())
        .col(uuid("org_id"))
        .col(string_null("number"))
        .col(string("status"))
        .col(string("currency"))
        // In the currency's smallest unit.
        .col(big_integer("total"))
        .col(big_integer("paid"))
        .col(at("created_at"))
        .col(big_integer_null("paid_at"))
        .col(integer("attempts"))
        .col(big_integer_null("next_attempt_at"))
        .col(text_null("page"))
        .col(text_null("pdf"))
        // What people were told of it.
        .col(boolean("told_receipt"))
        .col(integer("told_failures"))
        .foreign_key(&mut owned_by("org_id", "organizations", "id"))
        .take()
}

fn index(name: &str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    index.take()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [events(), syncs(), checkouts(), invoices()] {
            manager.create_table(table).await?;
        }
        for index in [
            index("billing_events_state", "billing_events", &["state", "customer"]),
            index("billing_events_received", "billing_events", &["received_at", "id"]),
            index("invoices_org", "invoices", &["org_id", "created_at"]),
        ] {
            manager.create_index(index).await?;
        }
        // When its customer was last compared with the provider's.
        let checked_at = ColumnDef::new("checked_at").big_integer().not_null().default(0).take();
        manager.alter_table(Table::alter().table("billing_customers").add_column(checked_at).take()).await?;
        // One at a time: SQLite takes no more.
        for column in [
            string_null("interval"),
            ColumnDef::new("seats").integer().not_null().default(1).take(),
            big_integer_null("trial_end"),
            big_integer_null("cancel_at"),
        ] {
            manager.alter_table(Table::alter().table("subscriptions").add_column(column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["cancel_at", "trial_end", "seats", "interval"] {
            manager.alter_table(Table::alter().table("subscriptions").drop_column(column).take()).await?;
        }
        manager.alter_table(Table::alter().table("billing_customers").drop_column("checked_at").take()).await?;
        for table in ["invoices", "checkouts", "billing_syncs", "billing_events"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

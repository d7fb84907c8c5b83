//! The operators' console: who may use it, and whom they act as.
//!
//! An entry of the trail made while an operator acts as somebody names that operator in a column of
//! its own, which is as little to be changed as the rest.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer_null, string, string_null, uuid},
    sea_orm::DbBackend,
};

use crate::{at, owned_by};

#[derive(DeriveMigrationName)]
pub struct Migration;

fn staff() -> TableCreateStatement {
    Table::create()
        .table("staff")
        // Apart from roles in organisations; written by `portico staff` only.
        .col(uuid("user_id").primary_key())
        .col(at("granted_at"))
        .foreign_key(&mut owned_by("user_id", "users", "id"))
        .take()
}

fn impersonations() -> TableCreateStatement {
    Table::create()
        .table("impersonations")
        .col(uuid("id").primary_key())
        .col(uuid("operator_id"))
        .col(uuid("user_id"))
        .col(uuid("org_id"))
        .col(string("reason"))
        // The operator's own session, which waits meanwhile; by the hash of its id.
        .col(string("operator_session"))
        .col(at("began_at"))
        .col(at("ends_at"))
        // Null while it goes on, or ran out and nobody has written so yet.
        .col(big_integer_null("ended_at"))
        .foreign_key(&mut owned_by("operator_id", "users", "id"))
        .foreign_key(&mut owned_by("user_id", "users", "id"))
        .foreign_key(&mut owned_by("org_id", "organizations", "id"))
        .take()
}

const POSTGRES: &str = "
CREATE OR REPLACE FUNCTION audit_entries_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF EXISTS (SELECT 1 FROM organizations o WHERE o.id = OLD.org_id AND OLD.at < o.audit_purged_before) THEN
      RETURN OLD;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF (NEW.id, NEW.at, NEW.org_id, NEW.actor_id, NEW.action, NEW.outcome, NEW.reason, NEW.request_id)
        IS NOT DISTINCT FROM (OLD.id, OLD.at, OLD.org_id, OLD.actor_id, OLD.action, OLD.outcome, OLD.reason, OLD.request_id)
      AND (NEW.actor = OLD.actor OR NEW.actor = 'deleted account')
      AND (NEW.subject IS NOT DISTINCT FROM OLD.subject OR NEW.subject = 'deleted account')
      AND (NEW.operator IS NOT DISTINCT FROM OLD.operator OR NEW.operator = 'deleted account')
      AND (NEW.address IS NOT DISTINCT FROM OLD.address OR NEW.address IS NULL) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit trail is append-only';
END $$;
";

/// One text, run on one connection: another one would still know the trigger that was dropped.
const SQLITE: &str = "DROP TRIGGER audit_entries_not_changed;
     CREATE TRIGGER audit_entries_not_changed BEFORE UPDATE ON audit_entries
     WHEN NOT (
       NEW.id IS OLD.id AND NEW.at IS OLD.at AND NEW.org_id IS OLD.org_id AND NEW.actor_id IS OLD.actor_id
       AND NEW.action IS OLD.action AND NEW.outcome IS OLD.outcome AND NEW.reason IS OLD.reason
       AND NEW.request_id IS OLD.request_id
       AND (NEW.actor IS OLD.actor OR NEW.actor IS 'deleted account')
       AND (NEW.subject IS OLD.subject OR NEW.subject IS 'deleted account')
       AND (NEW.operator IS OLD.operator OR NEW.operator IS 'deleted account')
       AND (NEW.address IS OLD.address OR NEW.address IS NULL))
     BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END";

/// As they were before there was such a column.
const SQLITE_BEFORE: &str = "DROP TRIGGER audit_entries_not_changed;
     CREATE TRIGGER audit_entries_not_changed BEFORE UPDATE ON audit_entries
     WHEN NOT (
       NEW.id IS OLD.id AND NEW.at IS OLD.at AND NEW.org_id IS OLD.org_id AND NEW.actor_id IS OLD.actor_id
       AND NEW.action IS OLD.action AND NEW.outcome IS OLD.outcome AND NEW.reason IS OLD.reason
       AND NEW.request_id IS OLD.request_id
       AND (NEW.actor IS OLD.actor OR NEW.actor IS 'deleted account')
       AND (NEW.subject IS OLD.subject OR NEW.subject IS 'deleted account')
       AND (NEW.address IS OLD.address OR NEW.address IS NULL))
     BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END";

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
        for table in [staff(), impersonations()] {
            manager.create_table(table).await?;
        }
        for index in [
            // What is over and not ended yet, and whose.
            index("impersonations_ended", "impersonations", &["ended_at", "ends_at"]),
            index("billing_events_customer", "billing_events", &["customer", "received_at", "id"]),
        ] {
            manager.create_index(index).await?;
        }
        let operator = string_null("operator");
        manager.alter_table(Table::alter().table("audit_entries").add_column(operator).take()).await?;
        let db = manager.get_connection();
        // The history of flags, which is a handful among millions.
        db.execute_unprepared("CREATE INDEX audit_entries_flags ON audit_entries (at, id) WHERE action = 'flag.set'")
            .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared(POSTGRES).await?;
        } else {
            db.execute_unprepared(SQLITE).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Postgres {
            let before = POSTGRES.replace(
                "      AND (NEW.operator IS NOT DISTINCT FROM OLD.operator OR NEW.operator = 'deleted account')\n",
                "",
            );
            db.execute_unprepared(&before).await?;
        } else {
            db.execute_unprepared(SQLITE_BEFORE).await?;
        }
        db.execute_unprepared("DROP INDEX audit_entries_flags").await?;
        manager.alter_table(Table::alter().table("audit_entries").drop_column("operator").take()).await?;
        let mut of_customer = Index::drop();
        of_customer.name("billing_events_customer").table("billing_events");
        manager.drop_index(of_customer).await?;
        for table in ["impersonations", "staff"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

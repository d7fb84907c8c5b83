//! The audit trail can't be changed, and is kept as long as its organisation says (check V01).
//!
//! The database itself refuses: an entry is removed only when its organisation's watermark
//! (`audit_purged_before`) has passed it, and changed only where a deleted account is taken out of it.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

const POSTGRES: &str = "
CREATE FUNCTION audit_entries_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
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
      AND (NEW.address IS NOT DISTINCT FROM OLD.address OR NEW.address IS NULL) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit trail is append-only';
END $$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION audit_entries_append_only();
CREATE TRIGGER audit_entries_not_emptied BEFORE TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_append_only();
";

const SQLITE: [&str; 2] = [
    "CREATE TRIGGER audit_entries_not_deleted BEFORE DELETE ON audit_entries
     WHEN NOT EXISTS (SELECT 1 FROM organizations o WHERE o.id = OLD.org_id AND OLD.at < o.audit_purged_before)
     BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    "CREATE TRIGGER audit_entries_not_changed BEFORE UPDATE ON audit_entries
     WHEN NOT (
       NEW.id IS OLD.id AND NEW.at IS OLD.at AND NEW.org_id IS OLD.org_id AND NEW.actor_id IS OLD.actor_id
       AND NEW.action IS OLD.action AND NEW.outcome IS OLD.outcome AND NEW.reason IS OLD.reason
       AND NEW.request_id IS OLD.request_id
       AND (NEW.actor IS OLD.actor OR NEW.actor IS 'deleted account')
       AND (NEW.subject IS OLD.subject OR NEW.subject IS 'deleted account')
       AND (NEW.address IS OLD.address OR NEW.address IS NULL))
     BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            ColumnDef::new("audit_retention_days").integer().null().take(),
            ColumnDef::new("audit_purged_before").big_integer().null().take(),
        ] {
            manager.alter_table(Table::alter().table("organizations").add_column(column).take()).await?;
        }
        let db = manager.get_connection();
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                db.execute_unprepared(POSTGRES).await?;
            }
            _ => {
                for trigger in SQLITE {
                    db.execute_unprepared(trigger).await?;
                }
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                db.execute_unprepared("DROP FUNCTION audit_entries_append_only() CASCADE").await?;
            }
            _ => {
                for trigger in ["audit_entries_not_deleted", "audit_entries_not_changed"] {
                    db.execute_unprepared(&format!("DROP TRIGGER {trigger}")).await?;
                }
            }
        }
        for column in ["audit_purged_before", "audit_retention_days"] {
            manager.alter_table(Table::alter().table("organizations").drop_column(column).take()).await?;
        }
        Ok(())
    }
}

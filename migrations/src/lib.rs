//! Schema steps, one file each, in order. See README.md for how to add one.

use sea_orm_migration::prelude::*;

mod m0001_people;
mod m0002_organizations;
mod m0003_billing;
mod m0004_feature_flags;
mod m0005_audit_entries;
mod m0006_outbox;
mod m0007_kept_mail;
mod m0008_registrations;
mod m0009_identities;
mod m0010_second_factors;
mod m0011_account;
mod m0012_invitations;
mod m0015_access_rules;
mod m0016_organization_addresses;
mod m0017_audit_append_only;
mod m0018_projects;
mod m0019_billing_state;
mod m0020_console;
mod m0021_upcoming;
mod m0022_replayed_at;
mod m0023_event_attempts;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_people::Migration),
            Box::new(m0002_organizations::Migration),
            Box::new(m0003_billing::Migration),
            Box::new(m0004_feature_flags::Migration),
            Box::new(m0005_audit_entries::Migration),
            Box::new(m0006_outbox::Migration),
            Box::new(m0007_kept_mail::Migration),
            Box::new(m0008_registrations::Migration),
            Box::new(m0009_identities::Migration),
            Box::new(m0010_second_factors::Migration),
            Box::new(m0011_account::Migration),
            Box::new(m0012_invitations::Migration),
            Box::new(m0015_access_rules::Migration),
            Box::new(m0016_organization_addresses::Migration),
            Box::new(m0017_audit_append_only::Migration),
            Box::new(m0018_projects::Migration),
            Box::new(m0019_billing_state::Migration),
            Box::new(m0020_console::Migration),
            Box::new(m0021_upcoming::Migration),
            Box::new(m0022_replayed_at::Migration),
            Box::new(m0023_event_attempts::Migration),
        ]
    }
}

/// A point in time: milliseconds since 1970, UTC, see docs/adr/0004-time-as-milliseconds.md.
fn at(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

/// A foreign key whose row goes with the one it points to.
fn owned_by(column: &'static str, table: &'static str, key: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from_col(column).to(table, key).on_delete(ForeignKeyAction::Cascade).take()
}

/// Brings a database to the newest schema; says how many steps that took.
///
/// # Errors
/// The database's.
pub async fn up(db: &sea_orm_migration::sea_orm::DatabaseConnection) -> Result<usize, DbErr> {
    let pending = Migrator::get_pending_migrations(db).await?.len();
    Migrator::up(db, None).await?;
    Ok(pending)
}

/// Whether every step that this version knows has been run. A newer version may
/// have run more: its steps expand first, so the older one goes on working.
///
/// # Errors
/// The database's; also when nothing has ever been migrated there.
pub async fn is_current(db: &sea_orm_migration::sea_orm::DatabaseConnection) -> Result<bool, DbErr> {
    use sea_orm_migration::{sea_orm::EntityTrait, seaql_migrations};
    let applied = seaql_migrations::Entity::find().all(db).await?;
    Ok(Migrator::migrations().iter().all(|known| applied.iter().any(|row| row.version == known.name())))
}

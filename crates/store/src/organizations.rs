//! Organisations.

use domain::{
    OrgId, Timestamp,
    orgs::{AccessRules, OrgName, Organization, Slug},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

use crate::{
    AuditEntry, Store, StoreError, audit_entries,
    entity::organizations::{ActiveModel, Column, Entity},
    organization_addresses,
};

/// Stores an organisation unless somebody has the slug, or had it; answers whether it did.
pub(crate) async fn insert<C: ConnectionTrait>(
    db: &C,
    id: OrgId,
    slug: &Slug,
    name: &OrgName,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = ActiveModel {
        id: Set(id.as_uuid()),
        slug: Set(slug.as_str().to_owned()),
        name: Set(name.as_str().to_owned()),
        created_at: Set(now.as_millis()),
        requires_second_factor: Set(false),
        access_rules: Set(None),
        deletion_due_at: Set(None),
        audit_retention_days: Set(None),
        audit_purged_before: Set(None),
    };
    let mut ignore = OnConflict::column(Column::Slug);
    ignore.do_nothing();
    let inserted = Entity::insert(row).on_conflict(ignore).try_insert().exec_without_returning(db).await?;
    if !matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)) {
        return Ok(false);
    }
    if organization_addresses::take(db, id, slug.as_str(), now).await? {
        return Ok(true);
    }
    Entity::delete_by_id(id.as_uuid()).exec(db).await?;
    Ok(false)
}

/// Whether it is there and not closing. Its row is locked already.
pub(crate) async fn is_open<C: ConnectionTrait>(db: &C, org: OrgId) -> Result<bool, StoreError> {
    Ok(Entity::find_by_id(org.as_uuid()).filter(Column::DeletionDueAt.is_null()).one(db).await?.is_some())
}

impl Store {
    /// Stores an organisation unless somebody has the slug, or had it; answers whether it did.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_organization(
        &self,
        id: OrgId,
        slug: &Slug,
        name: &OrgName,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        let is_new = insert(&tx, id, slug, name, now).await?;
        tx.commit().await?;
        Ok(is_new)
    }

    /// For operators' commands and the audit trail: pages reach organisations through memberships.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_organization_by_slug(&self, slug: &Slug) -> Result<Option<Organization>, StoreError> {
        let row = Entity::find().filter(Column::Slug.eq(slug.as_str())).one(&self.db).await?;
        Ok(row.map(|row| Organization { id: OrgId::from_uuid(row.id), slug: row.slug, name: row.name }))
    }

    /// For what happens without anybody who asks.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_organization(&self, org: OrgId) -> Result<Option<Organization>, StoreError> {
        let row = Entity::find_by_id(org.as_uuid()).one(&self.db).await?;
        Ok(row.map(|row| Organization { id: OrgId::from_uuid(row.id), slug: row.slug, name: row.name }))
    }

    /// Whether it is open to sessions that showed a second factor only.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_requires_second_factor(&self, org: OrgId, required: bool) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::RequiresSecondFactor, required.into())
            .filter(Column::Id.eq(org.as_uuid()))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// When and from where it may be used, with the entry that says so.
    ///
    /// # Errors
    /// When the database does not answer, or the rules can't be written down.
    pub async fn set_access_rules(
        &self,
        org: OrgId,
        rules: &AccessRules,
        entry: &AuditEntry,
    ) -> Result<(), StoreError> {
        let text = (!rules.is_empty()).then(|| serde_json::to_string(rules)).transpose();
        let text = text.map_err(|_| StoreError::Corrupt("organizations.access_rules"))?;
        let tx = self.db.begin().await?;
        Entity::update_many()
            .col_expr(Column::AccessRules, text.into())
            .filter(Column::Id.eq(org.as_uuid()))
            .exec(&tx)
            .await?;
        audit_entries::insert(&tx, entry).await?;
        Ok(tx.commit().await?)
    }
}

//! Flags with whom they are set for, and who set them when.

use domain::{OrgId, Timestamp, orgs::Organization};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use crate::{
    AuditEntry, Store, StoreError, audit_entries,
    entity::{
        audit_entries as entries,
        feature_flags::{Column, Entity},
        organizations,
    },
    memberships::JoinBySharedColumn,
};

/// What is stored of a flag for everybody, or for one organisation.
#[derive(Clone, Debug)]
pub struct FlagSetting {
    pub name: String,
    /// None: for everybody.
    pub org: Option<Organization>,
    /// As stored: `on`, `off`, `25%`.
    pub rollout: String,
    pub since: Timestamp,
}

#[derive(FromQueryResult)]
struct Row {
    name: String,
    rollout: String,
    updated_at: i64,
    org_id: Option<Uuid>,
    slug: Option<String>,
    org_name: Option<String>,
}

impl From<Row> for FlagSetting {
    fn from(row: Row) -> Self {
        let org = match (row.org_id, row.slug, row.org_name) {
            (Some(id), Some(slug), Some(name)) => Some(Organization { id: OrgId::from_uuid(id), slug, name }),
            _ => None,
        };
        Self { name: row.name, org, rollout: row.rollout, since: Timestamp::from_millis(row.updated_at) }
    }
}

impl Store {
    /// What is set, for everybody first; of one organisation, or of all.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_flag_settings(&self, org: Option<OrgId>, limit: u64) -> Result<Vec<FlagSetting>, StoreError> {
        let theirs = Expr::col((organizations::Entity, organizations::Column::Id)).equals((Entity, Column::OrgId));
        let mut select = Entity::find()
            .select_only()
            .columns([Column::Name, Column::Rollout, Column::UpdatedAt])
            .column_as(organizations::Column::Id, "org_id")
            .column_as(organizations::Column::Slug, "slug")
            .column_as(organizations::Column::Name, "org_name")
            .join_custom(organizations::Entity, theirs)
            // What is left of an organisation that was deleted counts for nothing.
            .filter(Column::OrgId.eq(Uuid::nil()).or(organizations::Column::Id.is_not_null()));
        if let Some(org) = org {
            select = select.filter(Column::OrgId.is_in([Uuid::nil(), org.as_uuid()]));
        }
        // Nobody's id is the smallest there is.
        let rows: Vec<Row> = select
            .order_by_asc(Column::OrgId)
            .order_by_asc(Column::Name)
            .limit(limit)
            .into_model()
            .all(&self.db)
            .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Who set flags, newest first.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn list_flag_changes(&self, limit: u64) -> Result<Vec<AuditEntry>, StoreError> {
        let rows = entries::Entity::find()
            // Word for word what the index is of, so that it is used.
            .filter(Expr::cust("action = 'flag.set'"))
            .order_by_desc(entries::Column::At)
            .order_by_desc(entries::Column::Id)
            .limit(limit)
            .all(&self.db)
            .await?;
        rows.into_iter().map(audit_entries::read).collect()
    }
}

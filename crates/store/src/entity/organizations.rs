use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organizations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub slug: String,
    pub name: String,
    pub created_at: i64,
    pub requires_second_factor: bool,
    /// JSON; null is no rule.
    #[sea_orm(column_type = "Text")]
    pub access_rules: Option<String>,
    /// Closed, and deleted then.
    pub deletion_due_at: Option<i64>,
    /// Null is for ever.
    pub audit_retention_days: Option<i32>,
    /// Entries older than this may be removed.
    pub audit_purged_before: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

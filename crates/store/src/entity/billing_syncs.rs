use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "billing_syncs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer: String,
    pub due_at: i64,
    pub attempts: i32,
    pub lease: Option<String>,
    pub leased_until: i64,
    pub last_error: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invoices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub org_id: Uuid,
    pub number: Option<String>,
    pub status: String,
    pub currency: String,
    pub total: i64,
    pub paid: i64,
    pub created_at: i64,
    pub paid_at: Option<i64>,
    pub attempts: i32,
    pub next_attempt_at: Option<i64>,
    pub page: Option<String>,
    pub pdf: Option<String>,
    pub told_receipt: bool,
    pub told_failures: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

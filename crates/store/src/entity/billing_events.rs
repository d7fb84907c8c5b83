use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "billing_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    pub livemode: bool,
    pub api_version: Option<String>,
    pub customer: Option<String>,
    pub claimed_org: Option<String>,
    pub created_at: i64,
    pub received_at: i64,
    pub body: Vec<u8>,
    pub state: String,
    pub reason: Option<String>,
    pub ended_at: Option<i64>,
    /// When an operator last had it applied again: patience begins anew with that.
    pub replayed_at: Option<i64>,
    /// How often its customer was tried until it was applied or given up.
    pub attempts: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subscriptions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub org_id: Uuid,
    #[sea_orm(unique)]
    pub stripe_subscription_id: String,
    pub plan: String,
    pub status: String,
    pub current_period_end: Option<i64>,
    pub updated_at: i64,
    pub interval: Option<String>,
    pub seats: i32,
    pub trial_end: Option<i64>,
    pub cancel_at: Option<i64>,
    /// JSON of [`domain::billing::Upcoming`].
    pub upcoming: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

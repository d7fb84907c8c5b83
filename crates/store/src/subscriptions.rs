//! What an organisation subscribes to, as the payment provider last said (B-02).

use domain::{OrgId, SubscriptionId, Timestamp, billing::Subscription};
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};

use crate::{
    Store, StoreError,
    entity::subscriptions::{ActiveModel, Column, Entity},
};

/// The columns of a row as a subscription.
pub(crate) fn from_columns(
    id: String,
    plan: String,
    status: &str,
    current_period_end: Option<i64>,
) -> Result<Subscription, StoreError> {
    Ok(Subscription {
        id: SubscriptionId::from_trusted(id),
        plan,
        status: status.parse().map_err(|_| StoreError::Corrupt("subscriptions.status"))?,
        current_period_end: current_period_end.map(Timestamp::from_millis),
    })
}

impl Store {
    /// # Errors
    /// [`StoreError::Conflict`] when the subscription belongs to another organisation.
    pub async fn put_subscription(
        &self,
        org: OrgId,
        subscription: &Subscription,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let row = ActiveModel {
            org_id: Set(org.as_uuid()),
            stripe_subscription_id: Set(subscription.id.as_str().to_owned()),
            plan: Set(subscription.plan.clone()),
            status: Set(subscription.status.as_str().to_owned()),
            current_period_end: Set(subscription.current_period_end.map(Timestamp::as_millis)),
            updated_at: Set(now.as_millis()),
        };
        let mut replace = OnConflict::column(Column::OrgId);
        replace.update_columns([
            Column::StripeSubscriptionId,
            Column::Plan,
            Column::Status,
            Column::CurrentPeriodEnd,
            Column::UpdatedAt,
        ]);
        Entity::insert(row).on_conflict(replace).exec_without_returning(&self.db).await?;
        Ok(())
    }
}

//! What an organisation subscribes to, as the payment provider last said (B-02).

use domain::{
    OrgId, SubscriptionId, Timestamp,
    billing::{Invoice, Subscription, Told, Upcoming},
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};

use crate::{
    AuditEntry, LeasedCustomer, NewOutboxRow, Settled, Store, StoreError, audit_entries, billing_events, billing_syncs,
    entity::subscriptions::{ActiveModel, Column, Entity, Model},
    invoices, outbox,
};

/// What was fetched of a customer, to be written as one.
#[derive(Debug)]
pub struct BillingState<'a> {
    pub org: OrgId,
    /// None: there is none at the provider, and then there is none here.
    pub subscription: Option<&'a Subscription>,
    pub invoices: &'a [(Invoice, Told)],
    /// Mails to write of it.
    pub letters: &'a [NewOutboxRow],
    /// What is worth an entry in the trail.
    pub entry: Option<&'a AuditEntry>,
    /// The events that this answers.
    pub events: &'a [String],
}

/// A row as a subscription.
pub(crate) fn from_row(row: SubscriptionColumns) -> Result<Subscription, StoreError> {
    Ok(Subscription {
        id: SubscriptionId::from_trusted(row.id),
        plan: row.plan,
        status: row.status.parse().map_err(|_| StoreError::Corrupt("subscriptions.status"))?,
        interval: row.interval.and_then(|word| word.parse().ok()),
        seats: u32::try_from(row.seats).unwrap_or(1),
        current_period_end: row.current_period_end.map(Timestamp::from_millis),
        trial_end: row.trial_end.map(Timestamp::from_millis),
        cancel_at: row.cancel_at.map(Timestamp::from_millis),
        // Shown only: what can't be read is left out.
        upcoming: row.upcoming.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
    })
}

/// The columns of a row, from wherever they were read.
pub(crate) struct SubscriptionColumns {
    pub id: String,
    pub plan: String,
    pub status: String,
    pub interval: Option<String>,
    pub seats: i32,
    pub current_period_end: Option<i64>,
    pub trial_end: Option<i64>,
    pub cancel_at: Option<i64>,
    pub upcoming: Option<String>,
}

impl From<Model> for SubscriptionColumns {
    fn from(row: Model) -> Self {
        Self {
            id: row.stripe_subscription_id,
            plan: row.plan,
            status: row.status,
            interval: row.interval,
            seats: row.seats,
            current_period_end: row.current_period_end,
            trial_end: row.trial_end,
            cancel_at: row.cancel_at,
            upcoming: row.upcoming,
        }
    }
}

impl Store {
    /// # Errors
    /// When the database does not answer, or the row can't be read.
    pub async fn find_subscription(&self, org: OrgId) -> Result<Option<Subscription>, StoreError> {
        Entity::find_by_id(org.as_uuid()).one(&self.db).await?.map(|row| from_row(row.into())).transpose()
    }

    /// # Errors
    /// [`StoreError::Conflict`] when the subscription belongs to another organisation.
    pub async fn put_subscription(
        &self,
        org: OrgId,
        subscription: &Subscription,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        put(&self.db, org, subscription, now).await
    }

    /// Writes what was fetched of a customer, gives the customer back, and says that its events are
    /// applied: all of it or, when another holds the customer by now, nothing. Answers which.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the subscription belongs to another organisation.
    pub async fn write_billing_state(
        &self,
        held: &LeasedCustomer,
        state: &BillingState<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        if !billing_syncs::release(&tx, held).await? {
            return Ok(false);
        }
        match state.subscription {
            Some(subscription) => put(&tx, state.org, subscription, now).await?,
            None => {
                Entity::delete_by_id(state.org.as_uuid()).exec(&tx).await?;
            }
        }
        invoices::put(&tx, state.org, state.invoices).await?;
        outbox::insert(&tx, state.letters, now).await?;
        if let Some(entry) = state.entry {
            audit_entries::insert(&tx, entry).await?;
        }
        billing_events::settle(&tx, state.events, Settled::Applied(held.attempts + 1), now).await?;
        crate::kill_point!("sync-before-commit");
        tx.commit().await?;
        Ok(true)
    }
}

async fn put<C: ConnectionTrait>(
    db: &C,
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
        interval: Set(subscription.interval.map(|interval| interval.as_str().to_owned())),
        seats: Set(i32::try_from(subscription.seats).unwrap_or(i32::MAX)),
        trial_end: Set(subscription.trial_end.map(Timestamp::as_millis)),
        cancel_at: Set(subscription.cancel_at.map(Timestamp::as_millis)),
        upcoming: Set(upcoming_text(&subscription.upcoming)),
    };
    let mut replace = OnConflict::column(Column::OrgId);
    replace.update_columns([
        Column::StripeSubscriptionId,
        Column::Plan,
        Column::Status,
        Column::CurrentPeriodEnd,
        Column::UpdatedAt,
        Column::Interval,
        Column::Seats,
        Column::TrialEnd,
        Column::CancelAt,
        Column::Upcoming,
    ]);
    Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

/// Null where nothing comes.
fn upcoming_text(upcoming: &Upcoming) -> Option<String> {
    (*upcoming != Upcoming::default()).then(|| serde_json::to_string(upcoming).ok()).flatten()
}

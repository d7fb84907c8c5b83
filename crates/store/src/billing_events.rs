//! The inbox: what the payment provider told us, stored before it is answered (W-03), and done
//! afterwards, one customer at a time.
//!
//! What must hold: one id is one row, whoever brings it how often (W-04). Who works on whose events is in
//! `billing_syncs.rs`.
//!
//! Storing is a single insert: what is to be worked off is found by state, not marked a second time.

use domain::{
    CustomerId, Timestamp,
    billing::event::{ProviderEvent, Verdict},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};

use crate::{
    Store, StoreError,
    entity::billing_events::{ActiveModel, Column, Entity, Model},
};

pub(crate) const WAITING: &str = "waiting";
const APPLIED: &str = "applied";
const IGNORED: &str = "ignored";
const QUARANTINED: &str = "quarantined";
const PARKED: &str = "parked";

/// How many events of one customer are settled at once.
const AT_ONCE: u64 = 500;

/// An event that waits to be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingEvent {
    pub id: String,
    pub kind: String,
    /// The organisation that its object names.
    pub claimed_org: Option<String>,
    /// When it was received, or last put back by an operator.
    pub since: Timestamp,
}

/// Id, type, organisation claimed, when received, when put back.
type Waiting = (String, String, Option<String>, i64, Option<i64>);

/// Events to be settled together, and how.
#[derive(Clone, Copy, Debug)]
pub enum Settled<'a> {
    /// At which attempt.
    Applied(u32),
    /// Not applied, and why.
    Quarantined(&'a str),
    /// Given up, why, and after how many attempts.
    Parked(&'a str, u32),
}

impl Store {
    /// Stores an event as it came; answers whether it was not there yet.
    ///
    /// # Errors
    /// When the database does not answer: then it is not to be acknowledged.
    pub async fn insert_billing_event(
        &self,
        event: &ProviderEvent,
        body: &[u8],
        verdict: &Verdict,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (state, reason) = match verdict {
            Verdict::Apply(_) => (WAITING, None),
            Verdict::Ignore => (IGNORED, None),
            Verdict::Quarantine(why) => (QUARANTINED, Some(why.as_str().to_owned())),
        };
        let row = ActiveModel {
            id: Set(event.id.clone()),
            kind: Set(event.kind.clone()),
            livemode: Set(event.livemode),
            api_version: Set(event.api_version.clone()),
            customer: Set(event.customer.as_ref().map(|customer| customer.as_str().to_owned())),
            claimed_org: Set(event.organization.clone()),
            created_at: Set(event.created.as_millis()),
            received_at: Set(now.as_millis()),
            body: Set(body.to_vec()),
            state: Set(state.to_owned()),
            reason: Set(reason),
            replayed_at: Set(None),
            attempts: Set(None),
            ended_at: Set((state != WAITING).then_some(now.as_millis())),
        };
        let mut same = OnConflict::column(Column::Id);
        same.do_nothing();
        let inserted = Entity::insert(row).on_conflict(same).exec_without_returning(&self.db).await?;
        if state == WAITING && inserted == 1 {
            self.db.received.notify_one();
        }
        Ok(inserted == 1)
    }

    /// What waits of a customer, oldest first, some hundreds at once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn waiting_billing_events(&self, customer: &CustomerId) -> Result<Vec<WaitingEvent>, StoreError> {
        let rows: Vec<Waiting> = Entity::find()
            .select_only()
            .columns([Column::Id, Column::Kind, Column::ClaimedOrg, Column::ReceivedAt, Column::ReplayedAt])
            .filter(Column::State.eq(WAITING))
            .filter(Column::Customer.eq(customer.as_str()))
            .order_by_asc(Column::ReceivedAt)
            .order_by_asc(Column::Id)
            .limit(AT_ONCE)
            .into_tuple()
            .all(&self.db)
            .await?;
        let event = |(id, kind, claimed_org, at, replayed): Waiting| WaitingEvent {
            id,
            kind,
            claimed_org,
            since: Timestamp::from_millis(replayed.unwrap_or(at)),
        };
        Ok(rows.into_iter().map(event).collect())
    }

    /// Says what became of events that wait.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn settle_billing_events(
        &self,
        ids: &[String],
        settled: Settled<'_>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        settle(&self.db, ids, settled, now).await
    }

    /// How many events wait, how many were given up, and since when the oldest waits; for metrics.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn billing_event_backlog(&self) -> Result<(u64, u64, Option<Timestamp>), StoreError> {
        let counted: Option<(i64, Option<i64>)> = Entity::find()
            .select_only()
            .column_as(Column::Id.count(), "waiting")
            .column_as(Column::ReceivedAt.min(), "oldest")
            .filter(Column::State.eq(WAITING))
            .into_tuple()
            .one(&self.db)
            .await?;
        let (waiting, oldest) = counted.unwrap_or_default();
        let parked = Entity::find().filter(Column::State.eq(PARKED)).count(&self.db).await?;
        Ok((u64::try_from(waiting).unwrap_or(0), parked, oldest.map(Timestamp::from_millis)))
    }

    /// An event as it came.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_billing_event(&self, id: &str) -> Result<Option<StoredEvent>, StoreError> {
        Ok(Entity::find_by_id(id).one(&self.db).await?.map(stored))
    }

    /// Deletes up to `limit` events that were done with and received before `before`, the oldest first. What
    /// people have to look at stays.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_old_billing_events(&self, before: Timestamp, limit: u64) -> Result<u64, StoreError> {
        let old: Vec<String> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::ReceivedAt.lt(before.as_millis()))
            .filter(Column::State.is_in([APPLIED, IGNORED]))
            .order_by_asc(Column::ReceivedAt)
            .limit(limit)
            .into_tuple()
            .all(&self.db)
            .await?;
        if old.is_empty() {
            return Ok(0);
        }
        Ok(Entity::delete_many().filter(Column::Id.is_in(old)).exec(&self.db).await?.rows_affected)
    }

    /// Waits until an event may have come in on this node.
    pub async fn billing_event_received(&self) {
        self.db.received.notified().await;
    }
}

/// An event and what became of it.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    pub id: String,
    pub kind: String,
    pub customer: Option<CustomerId>,
    pub body: Vec<u8>,
    pub state: String,
    pub reason: Option<String>,
    pub received_at: Timestamp,
}

fn stored(row: Model) -> StoredEvent {
    StoredEvent {
        id: row.id,
        kind: row.kind,
        customer: row.customer.map(CustomerId::from_trusted),
        body: row.body,
        state: row.state,
        reason: row.reason,
        received_at: Timestamp::from_millis(row.received_at),
    }
}

/// All that was told of a customer. By state as well, which is what there is an index of.
pub(crate) async fn delete_of<C: ConnectionTrait>(db: &C, customer: &str) -> Result<(), StoreError> {
    let states = Column::State.is_in([WAITING, APPLIED, IGNORED, QUARANTINED, PARKED]);
    Entity::delete_many().filter(states).filter(Column::Customer.eq(customer)).exec(db).await?;
    Ok(())
}

/// Events that wait become what they are from now on; others stay.
pub(crate) async fn settle<C: ConnectionTrait>(
    db: &C,
    ids: &[String],
    settled: Settled<'_>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    let (state, reason, attempts) = match settled {
        Settled::Applied(attempts) => (APPLIED, None, Some(attempts)),
        Settled::Quarantined(why) => (QUARANTINED, Some(why.to_owned()), None),
        Settled::Parked(why, attempts) => (PARKED, Some(why.to_owned()), Some(attempts)),
    };
    let attempts = attempts.map(|attempts| i32::try_from(attempts).unwrap_or(i32::MAX));
    let update = Entity::update_many()
        .col_expr(Column::State, state.into())
        .col_expr(Column::Reason, reason.into())
        .col_expr(Column::Attempts, attempts.into())
        .col_expr(Column::EndedAt, Some(now.as_millis()).into())
        .filter(Column::Id.is_in(ids))
        .filter(Column::State.eq(WAITING));
    Ok(update.exec(db).await?.rows_affected)
}

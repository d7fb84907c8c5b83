//! The inbox: what the payment provider told us, stored before it is answered (W-03), and done
//! afterwards, one customer at a time.
//!
//! What must hold: one id is one row, whoever brings it how often (W-04); of one customer, one worker
//! at a time works, who holds its lease, and what a worker writes after its lease was given to another
//! is not written (fencing): with its lease go its row of `billing_syncs` and its right to write.
//!
//! Storing is a single insert: what is to be worked off is found by state, not marked a second time.

use domain::{
    CustomerId, OrgId, Timestamp,
    billing::event::{ProviderEvent, Verdict},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict, Query, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    Store, StoreError,
    entity::{
        billing_customers,
        billing_events::{ActiveModel, Column, Entity, Model},
        billing_syncs as syncs,
    },
};

const WAITING: &str = "waiting";
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
    pub received_at: Timestamp,
}

/// A customer that this worker holds until its lease runs out.
#[derive(Clone, Debug)]
pub struct LeasedCustomer {
    pub customer: CustomerId,
    /// None: nobody's, as far as we know.
    pub org: Option<OrgId>,
    pub livemode: bool,
    /// How often it was tried before.
    pub attempts: u32,
    pub(crate) lease: String,
}

/// Events to be settled together, and how.
#[derive(Clone, Copy, Debug)]
pub enum Settled<'a> {
    Applied,
    /// Not applied, and why.
    Quarantined(&'a str),
    /// Given up, and why.
    Parked(&'a str),
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

    /// Takes up to `limit` customers of whom events wait, until `leased_until`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lease_billing_customers(
        &self,
        limit: u64,
        lease: &str,
        now: Timestamp,
        leased_until: Timestamp,
    ) -> Result<Vec<LeasedCustomer>, StoreError> {
        let held = Query::select()
            .column(syncs::Column::Customer)
            .from(syncs::Entity)
            .and_where(syncs::Column::LeasedUntil.gt(now.as_millis()).or(syncs::Column::DueAt.gt(now.as_millis())))
            .take();
        let waiting: Vec<String> = Entity::find()
            .select_only()
            .column(Column::Customer)
            .filter(Column::State.eq(WAITING))
            .filter(Column::Customer.not_in_subquery(held))
            .group_by(Column::Customer)
            .order_by_asc(Column::ReceivedAt.min())
            .limit(limit)
            .into_tuple()
            .all(&self.db)
            .await?;
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let taken = self.take_customers(&waiting, lease, now, leased_until).await?;
        self.with_organizations(taken, lease).await
    }

    /// Takes one customer, whether anything waits or not; none while somebody else has it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lease_billing_customer(
        &self,
        customer: &CustomerId,
        lease: &str,
        now: Timestamp,
        leased_until: Timestamp,
    ) -> Result<Option<LeasedCustomer>, StoreError> {
        let one = [customer.as_str().to_owned()];
        let taken = self.take_customers(&one, lease, now, leased_until).await?;
        Ok(self.with_organizations(taken, lease).await?.pop())
    }

    /// One statement: of two workers, one gets each.
    async fn take_customers(
        &self,
        customers: &[String],
        lease: &str,
        now: Timestamp,
        leased_until: Timestamp,
    ) -> Result<Vec<syncs::Model>, StoreError> {
        // In one order, so that two workers never wait for each other in a circle.
        let mut customers = customers.to_vec();
        customers.sort_unstable();
        let rows = customers.into_iter().map(|customer| syncs::ActiveModel {
            customer: Set(customer),
            due_at: Set(now.as_millis()),
            attempts: Set(0),
            lease: Set(Some(lease.to_owned())),
            leased_until: Set(leased_until.as_millis()),
            last_error: Set(None),
        });
        let of_row = |column| Expr::col((syncs::Entity, column));
        let mut if_free = OnConflict::column(syncs::Column::Customer);
        if_free
            .update_columns([syncs::Column::Lease, syncs::Column::LeasedUntil])
            .action_and_where(of_row(syncs::Column::LeasedUntil).lte(now.as_millis()));
        Ok(syncs::Entity::insert_many(rows).on_conflict(if_free).exec_with_returning(&self.db).await?)
    }

    async fn with_organizations(
        &self,
        taken: Vec<syncs::Model>,
        lease: &str,
    ) -> Result<Vec<LeasedCustomer>, StoreError> {
        let customers = taken.iter().map(|row| row.customer.as_str());
        let known: Vec<(String, Uuid, bool)> = billing_customers::Entity::find()
            .select_only()
            .columns([
                billing_customers::Column::StripeCustomerId,
                billing_customers::Column::OrgId,
                billing_customers::Column::Livemode,
            ])
            .filter(billing_customers::Column::StripeCustomerId.is_in(customers))
            .into_tuple()
            .all(&self.db)
            .await?;
        let leased = taken.into_iter().map(|row| {
            let of_org = known.iter().find(|(customer, ..)| *customer == row.customer);
            LeasedCustomer {
                org: of_org.map(|(_, org, _)| OrgId::from_uuid(*org)),
                livemode: of_org.is_some_and(|(.., livemode)| *livemode),
                customer: CustomerId::from_trusted(row.customer),
                attempts: u32::try_from(row.attempts).unwrap_or(0),
                lease: lease.to_owned(),
            }
        });
        Ok(leased.collect())
    }

    /// What waits of a customer, oldest first, some hundreds at once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn waiting_billing_events(&self, customer: &CustomerId) -> Result<Vec<WaitingEvent>, StoreError> {
        let rows: Vec<(String, String, Option<String>, i64)> = Entity::find()
            .select_only()
            .columns([Column::Id, Column::Kind, Column::ClaimedOrg, Column::ReceivedAt])
            .filter(Column::State.eq(WAITING))
            .filter(Column::Customer.eq(customer.as_str()))
            .order_by_asc(Column::ReceivedAt)
            .order_by_asc(Column::Id)
            .limit(AT_ONCE)
            .into_tuple()
            .all(&self.db)
            .await?;
        let event = |(id, kind, claimed_org, at)| WaitingEvent {
            id,
            kind,
            claimed_org,
            received_at: Timestamp::from_millis(at),
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

    /// Gives a customer back: nothing more to do, or nothing that can be done now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn release_billing_customer(&self, held: &LeasedCustomer) -> Result<bool, StoreError> {
        release(&self.db, held).await
    }

    /// Not this time: again at `due_at`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_off_billing_customer(
        &self,
        held: &LeasedCustomer,
        error: &str,
        due_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let update = syncs::Entity::update_many()
            .col_expr(syncs::Column::LastError, Some(error.to_owned()).into())
            .col_expr(syncs::Column::Attempts, Expr::col(syncs::Column::Attempts).add(1))
            .col_expr(syncs::Column::DueAt, due_at.as_millis().into())
            .col_expr(syncs::Column::LeasedUntil, 0_i64.into())
            .filter(is_held(held));
        Ok(update.exec(&self.db).await?.rows_affected == 1)
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
    let (state, reason) = match settled {
        Settled::Applied => (APPLIED, None),
        Settled::Quarantined(why) => (QUARANTINED, Some(why.to_owned())),
        Settled::Parked(why) => (PARKED, Some(why.to_owned())),
    };
    let update = Entity::update_many()
        .col_expr(Column::State, state.into())
        .col_expr(Column::Reason, reason.into())
        .col_expr(Column::EndedAt, Some(now.as_millis()).into())
        .filter(Column::Id.is_in(ids))
        .filter(Column::State.eq(WAITING));
    Ok(update.exec(db).await?.rows_affected)
}

/// The fence: false when another has it by now, and then nothing may be written.
pub(crate) async fn release<C: ConnectionTrait>(db: &C, held: &LeasedCustomer) -> Result<bool, StoreError> {
    Ok(syncs::Entity::delete_many().filter(is_held(held)).exec(db).await?.rows_affected == 1)
}

fn is_held(held: &LeasedCustomer) -> SimpleExpr {
    syncs::Column::Customer.eq(held.customer.as_str()).and(syncs::Column::Lease.eq(held.lease.as_str()))
}

//! The payment provider's events, as operators look for them, and their replay.

use domain::{
    OrgId, Timestamp,
    billing::{
        EventState,
        event::{ProviderEvent, Verdict},
    },
    cursor::Cursor,
    orgs::Organization,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, LikeExpr},
};
use uuid::Uuid;

use crate::{
    AuditEntry, Paged, Store, StoreError, audit_entries,
    entity::{
        billing_customers,
        billing_events::{Column, Entity},
        billing_syncs as syncs, organizations,
    },
    memberships::JoinBySharedColumn,
    search::escaped,
};

/// Which events: all that are set must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    pub id: Option<String>,
    pub state: Option<EventState>,
    /// How its type begins: `invoice.`
    pub kind: Option<String>,
    /// The provider's customer; as typed, so it selects rows to look at and nothing else.
    pub customer: Option<String>,
}

impl EventFilter {
    fn condition(&self) -> Condition {
        let begins = |text: &String| {
            let like = LikeExpr::new(format!("{}%", escaped(text))).escape('\\');
            Expr::col((Entity, Column::Kind)).like(like)
        };
        Condition::all()
            .add_option(self.id.as_ref().map(|id| Column::Id.eq(id.as_str())))
            .add_option(self.state.map(|state| Column::State.eq(state.as_str())))
            .add_option(self.kind.as_ref().map(begins))
            .add_option(self.customer.as_ref().map(|customer| Column::Customer.eq(customer.as_str())))
    }
}

/// One line of the list.
#[derive(Clone, Debug)]
pub struct EventSummary {
    pub id: String,
    pub kind: String,
    pub state: EventState,
    pub reason: Option<String>,
    pub customer: Option<String>,
    /// Whose customer it is.
    pub org: Option<Organization>,
    pub received_at: Timestamp,
}

/// One event whole, and how its customer stands.
#[derive(Clone, Debug)]
pub struct EventDetail {
    pub summary: EventSummary,
    pub livemode: bool,
    pub api_version: Option<String>,
    /// The organisation that its object names.
    pub claimed_org: Option<String>,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// How often its customer was tried until it was applied or given up.
    pub attempts: Option<u32>,
    pub body: Vec<u8>,
    /// How often its customer was tried since it was last up to date, when next, and what went wrong.
    pub tries: Option<Tries>,
}

#[derive(Clone, Debug)]
pub struct Tries {
    pub attempts: u32,
    pub due_at: Timestamp,
    pub last_error: Option<String>,
}

/// What an event is from now on.
#[derive(Debug)]
pub struct Replay<'a> {
    /// Of the row.
    pub id: &'a str,
    pub event: &'a ProviderEvent,
    pub verdict: &'a Verdict,
    pub entry: &'a AuditEntry,
}

#[derive(FromQueryResult)]
struct Row {
    id: String,
    kind: String,
    state: String,
    reason: Option<String>,
    customer: Option<String>,
    received_at: i64,
    org_id: Option<Uuid>,
    slug: Option<String>,
    name: Option<String>,
}

impl Row {
    fn summary(self) -> Result<EventSummary, StoreError> {
        let org = match (self.org_id, self.slug, self.name) {
            (Some(id), Some(slug), Some(name)) => Some(Organization { id: OrgId::from_uuid(id), slug, name }),
            _ => None,
        };
        Ok(EventSummary {
            id: self.id,
            kind: self.kind,
            state: EventState::parse(&self.state).ok_or(StoreError::Corrupt("billing_events.state"))?,
            reason: self.reason,
            customer: self.customer,
            org,
            received_at: Timestamp::from_millis(self.received_at),
        })
    }
}

/// The columns of a [`Row`].
fn with_organization() -> Select<Entity> {
    let customers = (billing_customers::Entity, billing_customers::Column::StripeCustomerId);
    let orgs = (organizations::Entity, organizations::Column::Id);
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::Kind, Column::State, Column::Reason, Column::Customer, Column::ReceivedAt])
        .column_as(organizations::Column::Id, "org_id")
        .column_as(organizations::Column::Slug, "slug")
        .column_as(organizations::Column::Name, "name")
        .join_custom(billing_customers::Entity, Expr::col(customers).equals((Entity, Column::Customer)))
        .join_custom(
            organizations::Entity,
            Expr::col(orgs).equals((billing_customers::Entity, billing_customers::Column::OrgId)),
        )
}

fn before(cursor: &Cursor) -> Condition {
    let at = cursor.at.as_millis();
    Condition::any()
        .add(Column::ReceivedAt.lt(at))
        .add(Column::ReceivedAt.eq(at).and(Column::Id.lt(cursor.id.as_str())))
}

impl Store {
    /// # Errors
    /// When the database does not answer.
    pub async fn count_quarantined_events(&self) -> Result<u64, StoreError> {
        let quarantined = Entity::find().filter(Column::State.eq(EventState::Quarantined.as_str()));
        Ok(quarantined.count(&self.db).await?)
    }

    /// The newest events that fit, before a place in the list.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn find_billing_events(
        &self,
        filter: &EventFilter,
        cursor: Option<&Cursor>,
        size: u64,
    ) -> Result<Paged<EventSummary>, StoreError> {
        let rows: Vec<Row> = with_organization()
            .filter(filter.condition())
            .filter(Condition::all().add_option(cursor.map(before)))
            .order_by_desc(Column::ReceivedAt)
            .order_by_desc(Column::Id)
            .limit(size + 1)
            .into_model()
            .all(&self.db)
            .await?;
        Ok(Paged::of(rows.into_iter().map(Row::summary).collect::<Result<_, _>>()?, size))
    }

    /// One event with all that is known of it.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn show_billing_event(&self, id: &str) -> Result<Option<EventDetail>, StoreError> {
        let row: Option<Row> = with_organization().filter(Column::Id.eq(id)).into_model().one(&self.db).await?;
        let Some(row) = row else { return Ok(None) };
        let summary = row.summary()?;
        let Some(event) = Entity::find_by_id(id).one(&self.db).await? else { return Ok(None) };
        let tries = match &summary.customer {
            Some(customer) => syncs::Entity::find_by_id(customer.as_str()).one(&self.db).await?,
            None => None,
        };
        Ok(Some(EventDetail {
            summary,
            livemode: event.livemode,
            api_version: event.api_version,
            claimed_org: event.claimed_org,
            created_at: Timestamp::from_millis(event.created_at),
            ended_at: event.ended_at.map(Timestamp::from_millis),
            attempts: event.attempts.and_then(|attempts| u32::try_from(attempts).ok()),
            body: event.body,
            tries: tries.map(|row| Tries {
                attempts: u32::try_from(row.attempts).unwrap_or(0),
                due_at: Timestamp::from_millis(row.due_at),
                last_error: row.last_error,
            }),
        }))
    }

    /// Makes an event what it is judged to be now, and its customer due at once, with the entry about it;
    /// answers whether there was such an event.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn replay_billing_event(&self, replay: &Replay<'_>, now: Timestamp) -> Result<bool, StoreError> {
        let (state, reason) = match replay.verdict {
            Verdict::Apply(_) => (EventState::Waiting, None),
            Verdict::Ignore => (EventState::Ignored, None),
            Verdict::Quarantine(why) => (EventState::Quarantined, Some(why.as_str().to_owned())),
        };
        let ended_at = (state != EventState::Waiting).then_some(now.as_millis());
        let customer = replay.event.customer.as_ref().map(|customer| customer.as_str().to_owned());
        let tx = self.db.begin().await?;
        let changed = Entity::update_many()
            .col_expr(Column::State, state.as_str().into())
            .col_expr(Column::Reason, reason.into())
            .col_expr(Column::EndedAt, ended_at.into())
            .col_expr(Column::Attempts, Option::<i32>::None.into())
            .col_expr(Column::Customer, customer.clone().into())
            .col_expr(Column::ReplayedAt, Some(now.as_millis()).into())
            .filter(Column::Id.eq(replay.id))
            .exec(&tx)
            .await?;
        if changed.rows_affected != 1 {
            return Ok(false);
        }
        if let (EventState::Waiting, Some(customer)) = (state, customer) {
            syncs::Entity::update_many()
                .col_expr(syncs::Column::DueAt, now.as_millis().into())
                .filter(syncs::Column::Customer.eq(customer))
                .exec(&tx)
                .await?;
        }
        audit_entries::insert(&tx, replay.entry).await?;
        tx.commit().await?;
        self.db.received.notify_one();
        Ok(true)
    }
}

//! Who brings which customer up to date: of one customer, one worker at a time, who holds its lease.
//!
//! What must hold: what a worker writes after its lease was given to another is not written (fencing):
//! with its lease go its row of `billing_syncs` and its right to write.

use domain::{CustomerId, OrgId, Timestamp};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict, Query, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    Store, StoreError,
    billing_events::WAITING,
    entity::{
        billing_customers,
        billing_events::{Column, Entity},
        billing_syncs as syncs,
    },
};

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

impl Store {
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
}

/// The fence: false when another has it by now, and then nothing may be written.
pub(crate) async fn release<C: ConnectionTrait>(db: &C, held: &LeasedCustomer) -> Result<bool, StoreError> {
    Ok(syncs::Entity::delete_many().filter(is_held(held)).exec(db).await?.rows_affected == 1)
}

fn is_held(held: &LeasedCustomer) -> SimpleExpr {
    syncs::Column::Customer.eq(held.customer.as_str()).and(syncs::Column::Lease.eq(held.lease.as_str()))
}

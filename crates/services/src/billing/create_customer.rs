//! Make an organisation's customer, exactly once (P-05). The rules are in
//! `domain::billing::customer_creation`.
//!
//! Two doors lead here and nothing else makes a customer: an owner who opens the portal
//! (`open_portal`), and the row that a registration left (`register_customer`, B-01).

use std::time::Duration;

use domain::{
    CustomerId, Millis, OrgId,
    audit::{AuditAction, AuditOutcome},
    billing::customer_creation::{Attempt, LastCall, Step},
};
use policy::{Action, Reason};
use store::{BillingCustomer, Lease, Membership, StoreError};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::payments::{CALL_TIMEOUT, Customer, NewCustomer, PaymentsError};
use crate::{Actor, Alert, Origin, ServiceError, Services, audit::Happening, orgs::refuse_unless};

/// How often somebody who waits for another's call looks whether it is done.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// The creation time the provider stamps may be behind our clock.
/// The same between nodes: an hour of disagreement makes no second customer.
const CLOCK_LEEWAY: Millis = Millis::hours(1);

/// Who wants the customer made.
#[derive(Clone)]
pub(super) enum Door {
    /// Somebody who may set billing up, by this action; asked again right before the call (P-06).
    Owner { actor: Box<Actor>, membership: Box<Membership>, action: Action },
    /// Signing up made the organisation, and this with it. Known by its outbox row.
    Registration { row: String },
}

/// A customer that is to be there, with what it is made of.
#[derive(Clone)]
pub(super) struct Wanted {
    pub org: OrgId,
    pub name: String,
    pub email: String,
    pub door: Door,
}

impl Services {
    /// The organisation's customer, made now if it has none. Parallel callers on
    /// any number of nodes get the same one.
    pub(super) async fn ensure_customer(&self, wanted: &Wanted, until: Instant) -> Result<CustomerId, ServiceError> {
        loop {
            if let Some(customer) = self.store.find_billing_customer(wanted.org).await? {
                return Ok(customer.id);
            }
            let token = self.entropy().uuid().to_string();
            let with = (wanted.name.as_str(), wanted.email.as_str());
            if let Some(lease) = self.store.lease_customer_creation(wanted.org, with, &token, self.now()).await? {
                // Whoever waits stops waiting in time; the work itself goes on to its end.
                let created = self.create_under_lease(wanted, lease);
                return timeout_at(until, created).await.unwrap_or(Err(PaymentsError::Timeout.into()));
            }
            if Instant::now() + LOOK_EVERY >= until {
                return Err(PaymentsError::Timeout.into());
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// In a task of its own: a browser that hangs up must not leave a call behind
    /// whose outcome nobody stores.
    async fn create_under_lease(&self, wanted: &Wanted, lease: Lease) -> Result<CustomerId, ServiceError> {
        let (services, wanted) = (self.clone(), wanted.clone());
        let task = tokio::spawn(async move {
            // Between our look and our lease another may have finished.
            if let Some(customer) = services.store.find_billing_customer(wanted.org).await? {
                services.store.release_customer_creation(&lease).await?;
                return Ok(customer.id);
            }
            let created = services.create_if_still_allowed(&wanted.door, lease).await;
            services.note_creation(&wanted, &created).await?;
            created
        });
        task.await.unwrap_or(Err(ServiceError::Busy))
    }

    async fn note_creation(
        &self,
        wanted: &Wanted,
        created: &Result<CustomerId, ServiceError>,
    ) -> Result<(), ServiceError> {
        let (outcome, reason) = match created {
            Ok(_) => (AuditOutcome::Done, None),
            Err(ServiceError::Payments(error)) => (AuditOutcome::Failed, Some(error.as_str())),
            Err(ServiceError::NotFound) => (AuditOutcome::Refused, Some(Reason::FlagOff.as_str())),
            Err(ServiceError::Forbidden(reason)) => (AuditOutcome::Refused, Some(reason.as_str())),
            Err(_) => (AuditOutcome::Failed, Some("store")),
        };
        let happening = Happening { action: AuditAction::CreateCustomer, outcome, reason, org: Some(wanted.org) };
        match &wanted.door {
            Door::Owner { actor, .. } => self.record(actor, happening).await,
            // Nobody waits for it, and it is tried again: only that it happened is worth an entry.
            Door::Registration { row } if created.is_ok() => {
                let origin = Origin { request_id: row.clone(), ..Origin::default() };
                self.record_as(None, "registration", &origin, happening).await
            }
            Door::Registration { .. } => Ok(()),
        }
    }

    /// Whoever waited for the lease may have lost the role meanwhile, or the flag may be
    /// off: asked again, right before the call (P-06).
    async fn create_if_still_allowed(&self, door: &Door, lease: Lease) -> Result<CustomerId, ServiceError> {
        if let Door::Owner { actor, membership, action } = door {
            let allowed = async {
                let actor = self.renew(actor).await?.ok_or(ServiceError::NotFound)?;
                let membership = actor.membership(&membership.organization.slug)?;
                refuse_unless(&self.decide(&actor, membership, *action).await)
            };
            if let Err(no) = allowed.await {
                self.store.release_customer_creation(&lease).await?;
                return Err(no);
            }
        }
        self.call_provider(lease).await
    }

    async fn call_provider(&self, mut lease: Lease) -> Result<CustomerId, ServiceError> {
        let org = lease.attempt.org;
        let payments = &self.ports.payments;
        let mut found = None;
        if lease.attempt.step(self.now()) == Step::Look {
            let look = payments.find_customer(org, lease.attempt.first_at - CLOCK_LEEWAY);
            match timeout(CALL_TIMEOUT, look).await.unwrap_or(Err(PaymentsError::Timeout)) {
                Ok(Some(customer)) => found = Some(customer),
                Ok(None) => lease.attempt = lease.attempt.clone().next_key(),
                Err(error) => return self.give_up(&lease, "find_customer", error).await,
            }
        }
        let customer = match found {
            Some(customer) => Ok(customer),
            None => self.call(&mut lease).await?,
        };
        match customer {
            Ok(customer) => self.keep(&lease, customer).await,
            Err(error) => self.give_up(&lease, "create_customer", error).await,
        }
    }

    /// The call itself, written down before it goes out, with what it leaves behind for the next.
    async fn call(&self, lease: &mut Lease) -> Result<Result<Customer, PaymentsError>, StoreError> {
        let before = lease.attempt.last_call;
        lease.attempt = lease.attempt.clone().calling(self.now());
        self.store.note_customer_call(lease).await?;
        let Attempt { org, name, email, .. } = lease.attempt.clone();
        let new = NewCustomer { org, name, email };
        let answer = self.ports.payments.create_customer(&new, &lease.attempt.idempotency_key()).await;
        match &answer {
            Err(PaymentsError::Failed(500..)) => lease.attempt.last_call = LastCall::Failed,
            Err(error) if error.did_nothing() => lease.attempt = lease.attempt.clone().refused(before),
            _ => {}
        }
        Ok(answer)
    }

    async fn keep(&self, lease: &Lease, customer: Customer) -> Result<CustomerId, ServiceError> {
        let org = lease.attempt.org;
        // A wrong answer says nothing about whether the right customer is there: the row stays
        // as the call left it, and the same key asks again.
        if customer.livemode != self.ports.payments.livemode() {
            self.ports.alerts.raise(&Alert::CustomerMismatch { org });
            self.store.release_customer_creation(lease).await?;
            return Err(PaymentsError::Mismatch.into());
        }
        let row = BillingCustomer { id: customer.id, livemode: customer.livemode };
        match self.store.insert_billing_customer(org, &row, self.now()).await {
            Ok(()) => {}
            // Stored by one who overtook us, with the same key: the same customer.
            Err(StoreError::Conflict) => match self.store.find_billing_customer(org).await? {
                Some(stored) if stored.id == row.id => {}
                // The provider gave us a customer that is another organisation's, or a second one.
                _ => {
                    self.ports.alerts.raise(&Alert::CustomerMismatch { org });
                    self.store.release_customer_creation(lease).await?;
                    return Err(PaymentsError::Mismatch.into());
                }
            },
            Err(error) => return Err(error.into()),
        }
        self.store.release_customer_creation(lease).await?;
        Ok(row.id)
    }

    async fn give_up(
        &self,
        lease: &Lease,
        call: &'static str,
        error: PaymentsError,
    ) -> Result<CustomerId, ServiceError> {
        self.ports.alerts.raise(&Alert::PaymentsFailed { org: lease.attempt.org, call, error: &error });
        self.store.release_customer_creation(lease).await?;
        Err(error.into())
    }
}

//! A provider that keeps failing is left alone for a while: nobody waits four seconds for each answer
//! that does not come, and it is not asked more while it recovers (check F8).
//!
//! What counts is what the provider owes us: no answer, or one that says it failed. That it refuses is
//! an answer.

use std::time::Duration;

use async_trait::async_trait;
use domain::{
    CustomerId, OrgId, SubscriptionId, Timestamp,
    billing::{Money, NextInvoice, checkout::OpenCheckout, event::ProviderEvent},
};
use failsafe::{
    Config, Error, Instrument, StateMachine,
    backoff::{self, EqualJittered},
    failure_policy::{self, ConsecutiveFailures},
    futures::CircuitBreaker,
};
use url::Url;

use super::payments::{
    BillingSeen, ChangePreview, CheckoutSession, Customer, NewCheckout, NewCustomer, Payments, PaymentsError,
    PlanChange, PortalSession, PriceWanted,
};

/// How it is left alone.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// So many failures one after the other.
    pub failures: u32,
    /// Then it is not asked for half of that at least, and longer each time, up to `longest`. In whole
    /// seconds, an even number of them: that is how the library counts.
    pub shortest: Duration,
    pub longest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { failures: 5, shortest: Duration::from_secs(6), longest: Duration::from_secs(60) }
    }
}

/// Says how it stands: an error line and a gauge.
#[derive(Debug)]
struct Said;

impl Instrument for Said {
    fn on_call_rejected(&self) {
        metrics::counter!("portico_payments_not_asked_total").increment(1);
    }

    fn on_open(&self) {
        metrics::gauge!("portico_payments_circuit_open").set(1.0);
        tracing::error!("the payment provider keeps failing and is not asked for a while");
    }

    fn on_half_open(&self) {
        tracing::info!("the payment provider is asked again");
    }

    fn on_closed(&self) {
        metrics::gauge!("portico_payments_circuit_open").set(0.0);
        tracing::info!("the payment provider answers again");
    }
}

/// Any provider, left alone while it keeps failing.
pub struct Guarded<P> {
    provider: P,
    circuit: StateMachine<ConsecutiveFailures<EqualJittered>, Said>,
}

impl<P> Guarded<P> {
    pub fn new(provider: P, patience: Patience) -> Self {
        metrics::gauge!("portico_payments_circuit_open").set(0.0);
        let pauses = backoff::equal_jittered(patience.shortest, patience.longest);
        let policy = failure_policy::consecutive_failures(patience.failures, pauses);
        Self { provider, circuit: Config::new().failure_policy(policy).instrument(Said).build() }
    }

    async fn call<T>(&self, asked: impl Future<Output = Result<T, PaymentsError>> + Send) -> Result<T, PaymentsError> {
        match self.circuit.call_with(is_failure, asked).await {
            Ok(answer) => Ok(answer),
            Err(Error::Inner(error)) => Err(error),
            Err(Error::Rejected) => Err(PaymentsError::NotAsked),
        }
    }
}

fn is_failure(error: &PaymentsError) -> bool {
    match error {
        PaymentsError::Timeout | PaymentsError::Unreachable | PaymentsError::Unreadable => true,
        PaymentsError::Failed(status) => *status >= 500,
        PaymentsError::Refused { .. }
        | PaymentsError::Mismatch
        | PaymentsError::NotPushed
        | PaymentsError::NotAsked => false,
    }
}

#[async_trait]
impl<P: Payments> Payments for Guarded<P> {
    fn livemode(&self) -> bool {
        self.provider.livemode()
    }

    fn api_version(&self) -> &'static str {
        self.provider.api_version()
    }

    fn read_event(&self, body: &[u8]) -> Option<ProviderEvent> {
        self.provider.read_event(body)
    }

    async fn billing_of(&self, customer: &CustomerId) -> Result<BillingSeen, PaymentsError> {
        self.call(self.provider.billing_of(customer)).await
    }

    async fn next_invoice(&self, subscription: &SubscriptionId) -> Result<Option<NextInvoice>, PaymentsError> {
        self.call(self.provider.next_invoice(subscription)).await
    }

    async fn create_customer(&self, new: &NewCustomer, idempotency_key: &str) -> Result<Customer, PaymentsError> {
        self.call(self.provider.create_customer(new, idempotency_key)).await
    }

    async fn find_customer(&self, org: OrgId, since: Timestamp) -> Result<Option<Customer>, PaymentsError> {
        self.call(self.provider.find_customer(org, since)).await
    }

    async fn create_portal_session(
        &self,
        customer: &CustomerId,
        return_url: &Url,
        idempotency_key: &str,
    ) -> Result<PortalSession, PaymentsError> {
        self.call(self.provider.create_portal_session(customer, return_url, idempotency_key)).await
    }

    async fn open_checkouts(&self, customer: &CustomerId) -> Result<Vec<OpenCheckout>, PaymentsError> {
        self.call(self.provider.open_checkouts(customer)).await
    }

    async fn checkout(&self, id: &str) -> Result<CheckoutSession, PaymentsError> {
        self.call(self.provider.checkout(id)).await
    }

    async fn create_checkout(
        &self,
        new: &NewCheckout<'_>,
        idempotency_key: &str,
    ) -> Result<CheckoutSession, PaymentsError> {
        self.call(self.provider.create_checkout(new, idempotency_key)).await
    }

    async fn expire_checkout(&self, id: &str) -> Result<(), PaymentsError> {
        self.call(self.provider.expire_checkout(id)).await
    }

    async fn preview_change(
        &self,
        change: &PlanChange<'_>,
        wanted: PriceWanted<'_>,
        at: Timestamp,
    ) -> Result<ChangePreview, PaymentsError> {
        self.call(self.provider.preview_change(change, wanted, at)).await
    }

    async fn change_plan(
        &self,
        change: &PlanChange<'_>,
        price: &str,
        at: Timestamp,
        idempotency_key: &str,
    ) -> Result<Money, PaymentsError> {
        self.call(self.provider.change_plan(change, price, at, idempotency_key)).await
    }

    async fn schedule_change(
        &self,
        change: &PlanChange<'_>,
        wanted: PriceWanted<'_>,
        schedule: Option<&str>,
        idempotency_key: &str,
    ) -> Result<(), PaymentsError> {
        self.call(self.provider.schedule_change(change, wanted, schedule, idempotency_key)).await
    }

    async fn release_schedule(&self, schedule: &str) -> Result<(), PaymentsError> {
        self.call(self.provider.release_schedule(schedule)).await
    }

    async fn keep_subscription(&self, subscription: &SubscriptionId) -> Result<(), PaymentsError> {
        self.call(self.provider.keep_subscription(subscription)).await
    }
}

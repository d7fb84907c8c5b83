//! The client: key, address, time-out.

use async_trait::async_trait;
use domain::{
    CustomerId, OrgId, SubscriptionId, Timestamp,
    billing::{Money, NextInvoice, checkout::OpenCheckout, event::ProviderEvent},
};
use secrecy::{ExposeSecret, SecretString};
use services::billing::{
    BillingSeen, CALL_TIMEOUT, ChangePreview, CheckoutSession, Customer, NewCheckout, NewCustomer, Payments,
    PaymentsError, PlanChange, PortalSession, PriceWanted,
};
use stripe::{Client, ClientBuilder};
use thiserror::Error;
use url::Url;

use crate::{API_VERSION, event};

/// Stripe, live or test as its key says.
pub struct Stripe {
    pub(crate) client: Client,
    pub(crate) livemode: bool,
}

#[derive(Debug, Error)]
pub enum StripeConfigError {
    /// Secret keys begin `sk_live_` or `sk_test_`, restricted ones `rk_…`
    /// (<https://docs.stripe.com/keys>).
    #[error("PORTICO_STRIPE_SECRET_KEY is not a secret or restricted key of Stripe (sk_… or rk_…)")]
    Key,
    #[error("PORTICO_STRIPE_SECRET_KEY or PORTICO_STRIPE_API_URL can't be used for requests")]
    Unusable,
}

impl Stripe {
    /// # Errors
    /// When the key is not one of Stripe's or the address is none.
    pub fn new(secret_key: &SecretString, api_url: Option<&Url>) -> Result<Self, StripeConfigError> {
        let key = secret_key.expose_secret();
        let livemode = match key.get(..8) {
            Some("sk_live_" | "rk_live_") => true,
            Some("sk_test_" | "rk_test_") => false,
            _ => return Err(StripeConfigError::Key),
        };
        let mut builder = ClientBuilder::new(key).timeout(CALL_TIMEOUT);
        if let Some(url) = api_url {
            builder = builder.url(url.as_str());
        }
        Ok(Self { client: builder.build().map_err(|_| StripeConfigError::Unusable)?, livemode })
    }
}

#[async_trait]
impl Payments for Stripe {
    fn livemode(&self) -> bool {
        self.livemode
    }

    fn api_version(&self) -> &'static str {
        API_VERSION
    }

    fn read_event(&self, body: &[u8]) -> Option<ProviderEvent> {
        event::read(body)
    }

    async fn billing_of(&self, customer: &CustomerId) -> Result<BillingSeen, PaymentsError> {
        self.look_at(customer).await
    }

    async fn create_customer(&self, new: &NewCustomer, idempotency_key: &str) -> Result<Customer, PaymentsError> {
        self.post_customer(new, idempotency_key).await
    }

    async fn find_customer(&self, org: OrgId, since: Timestamp) -> Result<Option<Customer>, PaymentsError> {
        self.look_for_customer(org, since).await
    }

    async fn create_portal_session(
        &self,
        customer: &CustomerId,
        return_url: &Url,
        idempotency_key: &str,
    ) -> Result<PortalSession, PaymentsError> {
        self.post_portal_session(customer, return_url, idempotency_key).await
    }

    async fn open_checkouts(&self, customer: &CustomerId) -> Result<Vec<OpenCheckout>, PaymentsError> {
        self.list_open_checkouts(customer).await
    }

    async fn checkout(&self, id: &str) -> Result<CheckoutSession, PaymentsError> {
        self.get_checkout(id).await
    }

    async fn create_checkout(
        &self,
        new: &NewCheckout<'_>,
        idempotency_key: &str,
    ) -> Result<CheckoutSession, PaymentsError> {
        self.post_checkout(new, idempotency_key).await
    }

    async fn expire_checkout(&self, id: &str) -> Result<(), PaymentsError> {
        self.post_expire(id).await
    }

    async fn next_invoice(&self, subscription: &SubscriptionId) -> Result<Option<NextInvoice>, PaymentsError> {
        self.post_upcoming(subscription).await
    }

    async fn preview_change(
        &self,
        change: &PlanChange<'_>,
        wanted: PriceWanted<'_>,
        at: Timestamp,
    ) -> Result<ChangePreview, PaymentsError> {
        self.post_preview(change, wanted, at).await
    }

    async fn change_plan(
        &self,
        change: &PlanChange<'_>,
        price: &str,
        at: Timestamp,
        idempotency_key: &str,
    ) -> Result<Money, PaymentsError> {
        self.post_change(change, price, at, idempotency_key).await
    }

    async fn schedule_change(
        &self,
        change: &PlanChange<'_>,
        wanted: PriceWanted<'_>,
        schedule: Option<&str>,
        idempotency_key: &str,
    ) -> Result<(), PaymentsError> {
        self.put_schedule(change, wanted, schedule, idempotency_key).await
    }

    async fn release_schedule(&self, schedule: &str) -> Result<(), PaymentsError> {
        self.post_release(schedule).await
    }

    async fn keep_subscription(&self, subscription: &SubscriptionId) -> Result<(), PaymentsError> {
        self.post_keep(subscription).await
    }
}

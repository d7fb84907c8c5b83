//! Portal sessions (P-03). What Stripe answers is handed on as it is; comparing it
//! with what was asked for is the caller's (P-04).

use domain::CustomerId;
use services::billing::{PaymentsError, PortalSession};
use stripe_billing::billing_portal_session::CreateBillingPortalSession;
use stripe_client_core::StripeRequest;
use url::Url;

use crate::{
    Stripe,
    errors::{translate, with_key},
};

impl Stripe {
    pub(crate) async fn post_portal_session(
        &self,
        customer: &CustomerId,
        return_url: &Url,
        key: &str,
    ) -> Result<PortalSession, PaymentsError> {
        let send = || async {
            CreateBillingPortalSession::new()
                .customer(customer.as_str())
                .return_url(return_url.as_str())
                .customize()
                .request_strategy(with_key(key)?)
                .send(&self.client)
                .await
                .map_err(translate)
        };
        let session = match send().await {
            // A connection that broke: once more, with the same key.
            Err(PaymentsError::Unreachable) => send().await?,
            answer => answer?,
        };
        Ok(PortalSession {
            customer: CustomerId::from_trusted(session.customer),
            livemode: session.livemode,
            url: session.url.into(),
            return_url: session.return_url,
        })
    }
}

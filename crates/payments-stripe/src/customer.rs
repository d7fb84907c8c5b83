//! Customers: one for each organisation (B-01, P-05).

use std::collections::HashMap;

use domain::{CustomerId, OrgId, Timestamp};
use services::billing::{Customer, NewCustomer, PaymentsError};
use stripe_client_core::StripeRequest;
use stripe_core::customer::{CreateCustomer, ListCustomer};
use stripe_types::RangeQueryTs;

use crate::{
    ORG_METADATA, Stripe,
    errors::{translate, with_key},
};

/// Stripe's largest page.
const PAGE: i64 = 100;
/// How far to look: a thousand customers made since an attempt that was lost.
const PAGES: usize = 10;

impl Stripe {
    pub(crate) async fn post_customer(&self, new: &NewCustomer, key: &str) -> Result<Customer, PaymentsError> {
        let made = CreateCustomer::new()
            .name(new.name.as_str())
            .email(new.email.as_str())
            .metadata(HashMap::from([(ORG_METADATA.to_owned(), new.org.to_string())]))
            .customize()
            .request_strategy(with_key(key)?)
            .send(&self.client)
            .await
            .map_err(translate)?;
        Ok(ours(&made))
    }

    /// By listing, which is consistent at once; Stripe's search lags by up to a minute
    /// (<https://docs.stripe.com/search#data-freshness>).
    pub(crate) async fn look_for_customer(
        &self,
        org: OrgId,
        since: Timestamp,
    ) -> Result<Option<Customer>, PaymentsError> {
        let wanted = org.to_string();
        let mut after: Option<String> = None;
        for _ in 0..PAGES {
            let mut list = ListCustomer::new().created(RangeQueryTs::gte(since.as_seconds())).limit(PAGE);
            if let Some(after) = after.take() {
                list = list.starting_after(after);
            }
            let page = list.send(&self.client).await.map_err(translate)?;
            let of_org = |c: &&stripe_shared::Customer| {
                c.metadata.as_ref().is_some_and(|m| m.get(ORG_METADATA) == Some(&wanted))
            };
            if let Some(found) = page.data.iter().find(of_org) {
                return Ok(Some(ours(found)));
            }
            match page.data.last() {
                Some(last) if page.has_more => after = Some(last.id.as_str().to_owned()),
                _ => return Ok(None),
            }
        }
        // Not seen to the end: don't claim that there is none.
        Err(PaymentsError::Unreadable)
    }
}

fn ours(customer: &stripe_shared::Customer) -> Customer {
    Customer { id: CustomerId::from_trusted(customer.id.as_str()), livemode: customer.livemode }
}

//! Checkout sessions (B-03). What Stripe answers is handed on as it is; comparing it is the caller's.

use std::collections::HashMap;

use domain::{CustomerId, billing::checkout::OpenCheckout};
use miniserde::Deserialize;
use serde::Serialize;
use services::billing::{CheckoutSession, NewCheckout, PaymentsError};

use crate::{
    INTERVAL_METADATA, ORG_METADATA, PLAN_METADATA, Stripe, TERMS_METADATA,
    requests::{Nothing, Page},
};

/// More than anybody opens; what is older than a day has run out by itself.
const PAGE: u32 = 100;

#[derive(Serialize)]
struct New<'a> {
    mode: &'static str,
    customer: &'a str,
    client_reference_id: &'a str,
    success_url: &'a str,
    cancel_url: &'a str,
    allow_promotion_codes: bool,
    line_items: [LineItem<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method_collection: Option<&'static str>,
    metadata: HashMap<&'static str, &'a str>,
    subscription_data: SubscriptionData<'a>,
}

#[derive(Serialize)]
struct LineItem<'a> {
    price: &'a str,
    quantity: u32,
}

#[derive(Serialize)]
struct SubscriptionData<'a> {
    metadata: HashMap<&'static str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trial_period_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trial_settings: Option<TrialSettings>,
}

/// What becomes of a trial that ends without a card.
#[derive(Serialize)]
struct TrialSettings {
    end_behavior: EndBehavior,
}

#[derive(Serialize)]
struct EndBehavior {
    missing_payment_method: &'static str,
}

#[derive(Serialize)]
struct Open<'a> {
    customer: &'a str,
    status: &'static str,
    limit: u32,
}

#[derive(Deserialize)]
struct Found {
    id: String,
    customer: Option<String>,
    livemode: bool,
    url: Option<String>,
    success_url: Option<String>,
    metadata: Option<HashMap<String, String>>,
}

impl Stripe {
    pub(crate) async fn post_checkout(
        &self,
        new: &NewCheckout<'_>,
        key: &str,
    ) -> Result<CheckoutSession, PaymentsError> {
        let order = &new.order;
        let price = self.price_of(order.plan, order.interval, (order.amount, order.currency)).await?;
        let (org, terms) = (new.org.to_string(), order.terms());
        let form = New {
            mode: "subscription",
            customer: new.customer.as_str(),
            client_reference_id: &org,
            success_url: new.success_url.as_str(),
            cancel_url: new.cancel_url.as_str(),
            allow_promotion_codes: true,
            line_items: [LineItem { price: &price, quantity: order.seats }],
            payment_method_collection: order.trial.filter(|trial| !trial.card).map(|_| "if_required"),
            metadata: HashMap::from([
                (ORG_METADATA, org.as_str()),
                (PLAN_METADATA, order.plan),
                (INTERVAL_METADATA, order.interval.as_str()),
                (TERMS_METADATA, terms.as_str()),
            ]),
            subscription_data: SubscriptionData {
                metadata: HashMap::from([(ORG_METADATA, org.as_str())]),
                trial_period_days: order.trial.map(|trial| trial.days),
                trial_settings: order
                    .trial
                    .map(|_| TrialSettings { end_behavior: EndBehavior { missing_payment_method: "cancel" } }),
            },
        };
        session(self.post("/checkout/sessions", &form, key).await?)
    }

    pub(crate) async fn list_open_checkouts(&self, customer: &CustomerId) -> Result<Vec<OpenCheckout>, PaymentsError> {
        let query = Open { customer: customer.as_str(), status: "open", limit: PAGE };
        let page: Page<Found> = self.get("/checkout/sessions", &query).await?;
        let open = page.data.into_iter().map(|found| OpenCheckout {
            id: found.id,
            terms: found.metadata.and_then(|mut metadata| metadata.remove(TERMS_METADATA)).unwrap_or_default(),
        });
        Ok(open.collect())
    }

    pub(crate) async fn get_checkout(&self, id: &str) -> Result<CheckoutSession, PaymentsError> {
        session(self.get(&format!("/checkout/sessions/{id}"), &Nothing {}).await?)
    }

    pub(crate) async fn post_expire(&self, id: &str) -> Result<(), PaymentsError> {
        // Ended is ended: said twice it is the same.
        let _: Found = self.update(&format!("/checkout/sessions/{id}/expire"), &Nothing {}).await?;
        Ok(())
    }
}

fn session(found: Found) -> Result<CheckoutSession, PaymentsError> {
    Ok(CheckoutSession {
        customer: CustomerId::from_trusted(found.customer.unwrap_or_default()),
        livemode: found.livemode,
        // One that was paid or ended meanwhile has none.
        url: found.url.ok_or(PaymentsError::Mismatch)?.into(),
        success_url: found.success_url,
    })
}

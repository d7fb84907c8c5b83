//! The demo's subscription, made in the sandbox. Development only. Plain requests
//! by path, so that the product doesn't build crates that only the demo needs.

use async_trait::async_trait;
use domain::{CustomerId, SubscriptionId, Timestamp, billing::Subscription};
use miniserde::Deserialize;
use serde::Serialize;
use services::billing::{DemoPayments, PaymentsError};
use stripe_client_core::{RequestBuilder, StripeMethod};

use crate::{
    Stripe,
    errors::{translate, with_key},
};

#[derive(Deserialize)]
struct Made {
    id: String,
}

#[derive(Deserialize)]
struct MadeSubscription {
    id: String,
    status: String,
    items: Page<MadeItem>,
}

#[derive(Deserialize)]
struct MadeItem {
    current_period_end: i64,
}

#[derive(Deserialize)]
struct Page<T> {
    data: Vec<T>,
}

#[derive(Serialize)]
struct NewProduct {
    name: &'static str,
}

#[derive(Serialize)]
struct NewPrice<'a> {
    product: &'a str,
    currency: &'static str,
    unit_amount: u32,
    lookup_key: &'static str,
    recurring: Recurring,
}

#[derive(Serialize)]
struct Recurring {
    interval: &'static str,
}

#[derive(Serialize)]
struct Attach<'a> {
    customer: &'a str,
}

#[derive(Serialize)]
struct NewSubscription<'a> {
    customer: &'a str,
    default_payment_method: &'a str,
    items: Vec<NewItem<'a>>,
}

#[derive(Serialize)]
struct NewItem<'a> {
    price: &'a str,
}

impl Stripe {
    async fn post<T>(&self, path: &str, form: &impl Serialize, key: &str) -> Result<T, PaymentsError>
    where
        T: miniserde::Deserialize + Send + 'static,
    {
        RequestBuilder::new(StripeMethod::Post, path)
            .form(form)
            .customize::<T>()
            .request_strategy(with_key(key)?)
            .send(&self.client)
            .await
            .map_err(translate)
    }
}

#[async_trait]
impl DemoPayments for Stripe {
    async fn subscribe_to_pro(&self, customer: &CustomerId) -> Result<Subscription, PaymentsError> {
        let customer = customer.as_str();
        let existing: Page<MadeSubscription> = RequestBuilder::new(StripeMethod::Get, "/subscriptions")
            .query(&Attach { customer })
            .customize()
            .send(&self.client)
            .await
            .map_err(translate)?;
        if let Some(found) = existing.data.into_iter().next() {
            return ours(found);
        }
        // Each key names the customer: seeding again, or after a crash, repeats nothing.
        let key = |what: &str| format!("portico-demo-{what}-{customer}");
        let product: Made = self.post("/products", &NewProduct { name: "Pro" }, &key("product")).await?;
        let recurring = Recurring { interval: "month" };
        let price =
            NewPrice { product: &product.id, currency: "usd", unit_amount: 4_900, lookup_key: "pro_month", recurring };
        let price: Made = self.post("/prices", &price, &key("price")).await?;
        let card: Made = self.post("/payment_methods/pm_card_visa/attach", &Attach { customer }, &key("card")).await?;
        let subscription =
            NewSubscription { customer, default_payment_method: &card.id, items: vec![NewItem { price: &price.id }] };
        ours(self.post("/subscriptions", &subscription, &key("subscription")).await?)
    }
}

fn ours(made: MadeSubscription) -> Result<Subscription, PaymentsError> {
    Ok(Subscription {
        id: SubscriptionId::from_trusted(made.id),
        plan: "Pro".to_owned(),
        status: made.status.parse().map_err(|_| PaymentsError::Unreadable)?,
        current_period_end: made
            .items
            .data
            .first()
            .map(|item| Timestamp::from_millis(item.current_period_end.saturating_mul(1000))),
    })
}

//! The demo's subscription, made in the sandbox. Development only. Plain requests
//! by path, so that the product doesn't build crates that only the demo needs.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::CustomerId;
use miniserde::Deserialize;
use serde::Serialize;
use services::billing::{DemoPayments, PaymentsError};
use stripe_client_core::{RequestBuilder, StripeMethod};

use crate::{
    PLAN_METADATA, Stripe,
    errors::{translate, with_key},
};

#[derive(Deserialize)]
struct Made {
    id: String,
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
    metadata: HashMap<&'static str, &'static str>,
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
    async fn subscribe_to_pro(&self, customer: &CustomerId) -> Result<(), PaymentsError> {
        let customer = customer.as_str();
        let existing: Page<Made> = RequestBuilder::new(StripeMethod::Get, "/subscriptions")
            .query(&Attach { customer })
            .customize()
            .send(&self.client)
            .await
            .map_err(translate)?;
        if !existing.data.is_empty() {
            return Ok(());
        }
        // Each key names the customer: seeding again, or after a crash, repeats nothing.
        let key = |what: &str| format!("portico-demo-{what}-{customer}");
        let product: Made = self.post("/products", &NewProduct { name: "Pro" }, &key("product")).await?;
        let price = NewPrice {
            product: &product.id,
            currency: "usd",
            unit_amount: 4_900,
            lookup_key: "pro_month",
            recurring: Recurring { interval: "month" },
            metadata: HashMap::from([(PLAN_METADATA, "pro")]),
        };
        let price: Made = self.post("/prices", &price, &key("price")).await?;
        let card: Made = self.post("/payment_methods/pm_card_visa/attach", &Attach { customer }, &key("card")).await?;
        let subscription =
            NewSubscription { customer, default_payment_method: &card.id, items: vec![NewItem { price: &price.id }] };
        let _: Made = self.post("/subscriptions", &subscription, &key("subscription")).await?;
        Ok(())
    }
}

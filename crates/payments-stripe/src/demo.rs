//! The demo's subscription, made in the sandbox. Development only. Plain requests
//! by path, so that the product doesn't build crates that only the demo needs.

use async_trait::async_trait;
use domain::{
    CustomerId,
    billing::{Interval, push::lookup_key},
};
use miniserde::Deserialize;
use serde::Serialize;
use services::billing::{DemoPayments, PaymentsError, PlanShop};

use crate::{Stripe, requests::Page};

#[derive(Deserialize)]
struct Made {
    id: String,
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

#[async_trait]
impl DemoPayments for Stripe {
    async fn subscribe_to_pro(&self, customer: &CustomerId) -> Result<(), PaymentsError> {
        let customer = customer.as_str();
        let existing: Page<Made> = self.get("/subscriptions", &Attach { customer }).await?;
        if !existing.data.is_empty() {
            return Ok(());
        }
        // Each key names the customer: seeding again, or after a crash, repeats nothing.
        let key = |what: &str| format!("portico-demo-{what}-{customer}");
        let prices = self.prices(&[lookup_key("pro", Interval::Month)]).await?;
        let price = prices.first().ok_or(PaymentsError::Mismatch)?;
        let card: Made = self.post("/payment_methods/pm_card_visa/attach", &Attach { customer }, &key("card")).await?;
        let subscription =
            NewSubscription { customer, default_payment_method: &card.id, items: vec![NewItem { price: &price.id }] };
        let _: Made = self.post("/subscriptions", &subscription, &key("subscription")).await?;
        Ok(())
    }
}

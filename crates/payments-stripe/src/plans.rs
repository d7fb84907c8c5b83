//! The catalogue's products and prices (B-05).

use std::collections::HashMap;

use async_trait::async_trait;
use domain::billing::push::{Change, PriceSeen, ProductSeen, lookup_key};
use miniserde::Deserialize;
use serde::Serialize;
use services::billing::{PaymentsError, PlanShop};

use crate::{
    PLAN_METADATA, Stripe,
    requests::{self, Made, Page},
};

/// Stripe's largest page of products.
const PAGE: u32 = 100;
/// The most lookup keys that one request takes (<https://docs.stripe.com/api/prices/list>).
const KEYS: usize = 10;

#[derive(Serialize)]
struct ProductQuery<'a> {
    limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    starting_after: Option<&'a str>,
}

#[derive(Serialize)]
struct PriceQuery<'a> {
    limit: u32,
    lookup_keys: &'a [String],
}

#[derive(Deserialize)]
struct FoundProduct {
    id: String,
    name: String,
    active: bool,
    metadata: HashMap<String, String>,
}

#[derive(Deserialize)]
struct FoundPrice {
    id: String,
    active: bool,
    currency: String,
    lookup_key: Option<String>,
    product: String,
    unit_amount: Option<i64>,
    metadata: HashMap<String, String>,
    recurring: Option<requests::Recurring>,
}

type Metadata<'a> = HashMap<&'static str, &'a str>;

#[derive(Serialize)]
struct NewProduct<'a> {
    name: &'a str,
    metadata: Metadata<'a>,
}

#[derive(Serialize)]
struct ProductUpdate<'a> {
    name: &'a str,
    active: bool,
}

#[derive(Serialize)]
struct NewPrice<'a> {
    product: &'a str,
    currency: &'a str,
    unit_amount: i64,
    lookup_key: &'a str,
    /// From the price that has it, which goes on without.
    transfer_lookup_key: bool,
    recurring: Recurring,
    metadata: Metadata<'a>,
}

#[derive(Serialize)]
struct Recurring {
    interval: &'static str,
}

#[async_trait]
impl PlanShop for Stripe {
    async fn products(&self) -> Result<Vec<ProductSeen>, PaymentsError> {
        let mut seen = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let query = ProductQuery { limit: PAGE, starting_after: after.as_deref() };
            let page: Page<FoundProduct> = self.get("/products", &query).await?;
            let more = page.has_more.unwrap_or(false);
            after = page.data.last().map(|product| product.id.clone()).filter(|_| more);
            seen.extend(page.data.into_iter().filter_map(|mut found| {
                let plan = found.metadata.remove(PLAN_METADATA)?;
                Some(ProductSeen { id: found.id, plan, name: found.name, active: found.active })
            }));
            if after.is_none() {
                return Ok(seen);
            }
        }
    }

    async fn prices(&self, lookup_keys: &[String]) -> Result<Vec<PriceSeen>, PaymentsError> {
        let mut seen = Vec::new();
        for lookup_keys in lookup_keys.chunks(KEYS) {
            let page: Page<FoundPrice> = self.get("/prices", &PriceQuery { limit: PAGE, lookup_keys }).await?;
            seen.extend(page.data.into_iter().filter_map(|mut found| {
                Some(PriceSeen {
                    lookup_key: found.lookup_key?,
                    plan: found.metadata.remove(PLAN_METADATA).unwrap_or_default(),
                    amount: found.unit_amount.unwrap_or(0),
                    interval: found.recurring.and_then(|recurring| recurring.interval.parse().ok()),
                    id: found.id,
                    product: found.product,
                    currency: found.currency,
                    active: found.active,
                })
            }));
        }
        Ok(seen)
    }

    async fn make(&self, change: &Change, product: Option<&str>) -> Result<(), PaymentsError> {
        let _: Made = match change {
            Change::CreateProduct { plan, name } => {
                let new = NewProduct { name, metadata: Metadata::from([(PLAN_METADATA, plan.as_str())]) };
                self.post("/products", &new, &format!("portico-product-{plan}")).await?
            }
            Change::UpdateProduct { id, name, .. } => {
                // An update to what it should be: said twice it is the same.
                let update = ProductUpdate { name, active: true };
                self.update(&format!("/products/{id}"), &update).await?
            }
            Change::CreatePrice { plan, interval, amount, currency, replaces } => {
                let key = lookup_key(plan, *interval);
                let new = NewPrice {
                    product: product.ok_or(PaymentsError::Mismatch)?,
                    currency,
                    unit_amount: *amount,
                    lookup_key: &key,
                    transfer_lookup_key: true,
                    recurring: Recurring { interval: interval.as_str() },
                    metadata: Metadata::from([(PLAN_METADATA, plan.as_str())]),
                };
                // Of the intent: this price instead of that one.
                let replaced = replaces.as_deref().unwrap_or("none");
                self.post("/prices", &new, &format!("portico-price-{key}-{currency}-{amount}-{replaced}")).await?
            }
        };
        Ok(())
    }
}

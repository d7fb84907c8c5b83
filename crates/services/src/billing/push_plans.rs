//! `portico plans push`: make at the payment provider what the catalogue sells (B-05).

use async_trait::async_trait;
use domain::billing::{
    Catalogue,
    push::{Change, PriceSeen, ProductSeen, changes},
};

use super::payments::PaymentsError;

/// Where plans are sold. Implemented by `payments-stripe`.
#[async_trait]
pub trait PlanShop: Send + Sync {
    /// The products that are ours.
    async fn products(&self) -> Result<Vec<ProductSeen>, PaymentsError>;

    /// The prices that have these names.
    async fn prices(&self, lookup_keys: &[String]) -> Result<Vec<PriceSeen>, PaymentsError>;

    /// Makes one change. `product` is the plan's product, where there is one already.
    async fn make(&self, change: &Change, product: Option<&str>) -> Result<(), PaymentsError>;
}

/// What is missing there.
///
/// # Errors
/// When the provider does not answer.
pub async fn missing_plans(catalogue: &Catalogue, shop: &dyn PlanShop) -> Result<Vec<Change>, PaymentsError> {
    let keys = catalogue.lookup_keys();
    let (products, prices) = futures::future::try_join(shop.products(), shop.prices(&keys)).await?;
    Ok(changes(catalogue, &products, &prices))
}

/// Makes what is missing, one after the other; what was made stays when a later one fails, and is not
/// made again.
///
/// # Errors
/// When the provider does not answer.
pub async fn push_plans(shop: &dyn PlanShop, changes: &[Change]) -> Result<(), PaymentsError> {
    let (prices, products): (Vec<_>, Vec<_>) =
        changes.iter().partition(|change| matches!(change, Change::CreatePrice { .. }));
    for change in products {
        shop.make(change, None).await?;
    }
    if prices.is_empty() {
        return Ok(());
    }
    // With those that were made just now.
    let seen = shop.products().await?;
    for change in prices {
        let Change::CreatePrice { plan, .. } = change else { continue };
        let product = seen.iter().filter(|product| product.plan == *plan).map(|product| &*product.id).min();
        shop.make(change, product).await?;
    }
    Ok(())
}

//! What a subscription may be changed to, by the portal's configuration.

use serde_json::Value;

use super::parts::item;
use super::visitor::{Feature, Visitor};
use crate::fields::Fields;

/// One price on offer, and how many of it may be taken.
#[derive(Debug)]
pub struct Offer<'v> {
    pub price: &'v Value,
    pub quantities: Option<(i64, i64)>,
}

/// The most of something where the configuration names no maximum.
const MOST: i64 = 999_999;

/// Whether there is anything to change: a plain subscription of one item, with the feature on.
pub fn is_changeable(visitor: &Visitor, subscription: &Value) -> bool {
    let is_plain = subscription.list("items").len() == 1 && subscription.maybe_text("schedule").is_none();
    let is_running = ["active", "trialing", "past_due"].contains(&subscription.text("status"));
    is_plain
        && is_running
        && visitor.feature(Feature::SubscriptionUpdate).is_some()
        && !offers(visitor, subscription).is_empty()
}

/// Everything a subscription may be changed to, what it has now included, in the order of the
/// configuration.
pub fn offers<'v>(visitor: &'v Visitor, subscription: &'v Value) -> Vec<Offer<'v>> {
    let Some(settings) = visitor.feature(Feature::SubscriptionUpdate) else {
        return Vec::new();
    };
    let current = &item(subscription)["price"];
    let allows = |what: &str| settings.list("default_allowed_updates").iter().any(|allowed| allowed == what);
    let mut offers = Vec::new();
    for product in settings.list("products") {
        let quantities = quantities(&product["adjustable_quantity"]).filter(|_| allows("quantity"));
        for id in product.list("prices").iter().filter_map(Value::as_str) {
            let price = visitor.books.prices.living(id);
            let fits = |price: &&Value| price["currency"] == current["currency"] && price.text("type") == "recurring";
            let Some(price) = price.filter(fits) else { continue };
            let is_current = price["id"] == current["id"];
            if is_current || (allows("price") && price.is("active")) {
                offers.push(Offer { price, quantities });
            }
        }
    }
    let is_only_current = offers.iter().all(|offer| offer.price["id"] == current["id"] && offer.quantities.is_none());
    if is_only_current { Vec::new() } else { offers }
}

fn quantities(adjustable: &Value) -> Option<(i64, i64)> {
    let least = adjustable.maybe_int("minimum").unwrap_or(1).max(1);
    adjustable.is("enabled").then(|| (least, adjustable.maybe_int("maximum").unwrap_or(MOST)))
}

/// A change that is on offer: price and quantity.
///
/// # Errors
/// What people read when it is not.
pub fn pick(
    visitor: &Visitor,
    subscription: &Value,
    price: &str,
    quantity: Option<&str>,
) -> Result<(String, i64), String> {
    let offers = offers(visitor, subscription);
    let offer = offers.iter().find(|offer| offer.price.id() == price);
    let offer = offer.ok_or_else(|| "Choose one of the plans.".to_owned())?;
    let now = item(subscription).maybe_int("quantity").unwrap_or(1);
    let quantity = match (offer.quantities, quantity.filter(|text| !text.is_empty())) {
        (None, Some(text)) if text.parse() != Ok(now) => return Err("The quantity can't be changed.".to_owned()),
        (_, None) | (None, _) => now,
        (Some((least, most)), Some(text)) => {
            let wanted = text.parse::<i64>().ok().filter(|wanted| (least..=most).contains(wanted));
            wanted.ok_or_else(|| format!("Enter a quantity from {least} to {most}."))?
        }
    };
    if offer.price["id"] == item(subscription)["price"]["id"] && quantity == now {
        return Err("This is the plan you have. Choose another one, or go back.".to_owned());
    }
    Ok((price.to_owned(), quantity))
}

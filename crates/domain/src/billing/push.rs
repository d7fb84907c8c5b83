//! What has to be made at the payment provider so that it sells what the catalogue says (B-05).
//!
//! What must hold: nothing is deleted, and nothing that somebody pays by is changed. A price that
//! changed is a new price; it takes over the name that checkout looks prices up by, and whoever has
//! the old one keeps it.

use std::fmt;

use super::{Catalogue, Interval, Plan};

/// What checkout looks a price up by.
pub fn lookup_key(plan: &str, interval: Interval) -> String {
    format!("portico_{plan}_{interval}")
}

/// A product of the provider that is one of our plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductSeen {
    pub id: String,
    pub plan: String,
    pub name: String,
    pub active: bool,
}

/// A price of the provider that has one of our names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceSeen {
    pub id: String,
    pub lookup_key: String,
    pub product: String,
    pub plan: String,
    pub amount: i64,
    pub currency: String,
    pub interval: Option<Interval>,
    pub active: bool,
}

/// One thing to do, in the order it is to be done in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    CreateProduct {
        plan: String,
        name: String,
    },
    /// Its name, or that it is sold again.
    UpdateProduct {
        id: String,
        plan: String,
        name: String,
    },
    CreatePrice {
        plan: String,
        interval: Interval,
        amount: i64,
        currency: String,
        /// The price that has had its name until now.
        replaces: Option<String>,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateProduct { plan, name } => write!(f, "+ product {plan} ({name})"),
            Self::UpdateProduct { plan, name, .. } => write!(f, "~ product {plan}: {name}, on sale"),
            Self::CreatePrice { plan, interval, amount, currency, replaces } => {
                let money = super::Money { amount: *amount, currency: currency.clone() };
                write!(f, "+ price {plan} by the {interval}: {money}")?;
                match replaces {
                    Some(old) => write!(f, " (instead of {old}, which stays for those who have it)"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// What is missing. Nothing when it was pushed before.
pub fn changes(catalogue: &Catalogue, products: &[ProductSeen], prices: &[PriceSeen]) -> Vec<Change> {
    catalogue
        .plans
        .iter()
        .filter(|plan| plan.prices.is_some())
        .flat_map(|plan| of_plan(catalogue, plan, products, prices))
        .collect()
}

fn of_plan(catalogue: &Catalogue, plan: &Plan, products: &[ProductSeen], prices: &[PriceSeen]) -> Vec<Change> {
    // Of two, the one that was there first by its id; a second one is somebody else's doing.
    let product = products.iter().filter(|product| product.plan == plan.slug).min_by(|a, b| a.id.cmp(&b.id));
    let (slug, name) = (plan.slug.clone(), plan.name.clone());
    let mut changes = Vec::new();
    match product {
        None => changes.push(Change::CreateProduct { plan: slug, name }),
        Some(seen) if seen.name != plan.name || !seen.active => {
            changes.push(Change::UpdateProduct { id: seen.id.clone(), plan: slug, name });
        }
        Some(_) => {}
    }
    for interval in Interval::ALL {
        let Some(amount) = plan.prices.map(|prices| prices.per(interval)) else { continue };
        let key = lookup_key(&plan.slug, interval);
        let seen = prices.iter().find(|price| price.lookup_key == key);
        let is_good = |price: &&PriceSeen| {
            price.active
                && price.amount == amount
                && price.currency == catalogue.currency
                && price.interval == Some(interval)
                && price.plan == plan.slug
                && product.is_some_and(|product| product.id == price.product)
        };
        if seen.is_none_or(|price| !is_good(&price)) {
            changes.push(Change::CreatePrice {
                plan: plan.slug.clone(),
                interval,
                amount,
                currency: catalogue.currency.clone(),
                replaces: seen.map(|price| price.id.clone()),
            });
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::billing::Prices;

    fn catalogue(monthly: i64) -> Catalogue {
        let plan = |slug: &str, prices| Plan {
            slug: slug.to_owned(),
            name: slug.to_uppercase(),
            summary: String::new(),
            prices,
            trial: None,
            grants: BTreeMap::new(),
        };
        let prices = Prices { monthly, yearly: monthly * 10, per_seat: false };
        Catalogue {
            currency: "usd".to_owned(),
            features: BTreeMap::new(),
            plans: vec![plan("free", None), plan("pro", Some(prices))],
        }
    }

    /// The provider after a push.
    fn pushed(changes: &[Change], products: &mut Vec<ProductSeen>, prices: &mut Vec<PriceSeen>) {
        for (n, change) in changes.iter().enumerate() {
            match change.clone() {
                Change::CreateProduct { plan, name } => {
                    products.push(ProductSeen { id: format!("prod_{plan}"), plan, name, active: true });
                }
                Change::UpdateProduct { id, name, .. } => {
                    let product = products.iter_mut().find(|product| product.id == id).unwrap();
                    (product.name, product.active) = (name, true);
                }
                Change::CreatePrice { plan, interval, amount, currency, .. } => {
                    let lookup_key = lookup_key(&plan, interval);
                    prices.retain(|price| price.lookup_key != lookup_key);
                    let (id, product) = (format!("price_{n}_{amount}"), format!("prod_{plan}"));
                    let interval = Some(interval);
                    prices.push(PriceSeen { id, lookup_key, product, plan, amount, currency, interval, active: true });
                }
            }
        }
    }

    #[test]
    fn b05_what_was_pushed_is_not_pushed_again() {
        let (mut products, mut prices) = (Vec::new(), Vec::new());
        let first = changes(&catalogue(1000), &products, &prices);
        let words: Vec<String> = first.iter().map(ToString::to_string).collect();
        assert_eq!(
            words,
            ["+ product pro (PRO)", "+ price pro by the month: $10.00", "+ price pro by the year: $100.00"]
        );
        pushed(&first, &mut products, &mut prices);
        assert_eq!(changes(&catalogue(1000), &products, &prices), []);
    }

    #[test]
    fn b05_a_price_that_changed_is_a_new_one_and_the_old_one_stays() {
        let (mut products, mut prices) = (Vec::new(), Vec::new());
        pushed(&changes(&catalogue(1000), &[], &[]), &mut products, &mut prices);
        let old = prices[0].id.clone();
        let second = changes(&catalogue(2000), &products, &prices);
        assert!(
            matches!(&second[0], Change::CreatePrice { replaces: Some(id), amount: 2000, .. } if *id == old),
            "{second:?}"
        );
        pushed(&second, &mut products, &mut prices);
        assert_eq!(changes(&catalogue(2000), &products, &prices), []);
        // And back again.
        assert_eq!(changes(&catalogue(1000), &products, &prices).len(), 2);
    }

    #[test]
    fn what_somebody_changed_there_is_set_right() {
        let (mut products, mut prices) = (Vec::new(), Vec::new());
        pushed(&changes(&catalogue(1000), &[], &[]), &mut products, &mut prices);
        products[0].active = false;
        prices[0].active = false;
        prices[1].plan = "free".to_owned();
        let third = changes(&catalogue(1000), &products, &prices);
        assert_eq!(third.len(), 3, "{third:?}");
        pushed(&third, &mut products, &mut prices);
        assert_eq!(changes(&catalogue(1000), &products, &prices), []);
    }
}

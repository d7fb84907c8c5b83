//! The plans there are (B-05, L-01, L-07), as `plans.toml` has them.
//!
//! What must hold: one plan is free and is what everybody has who pays for nothing; the others have
//! a price by the month and one by the year, the latter 15 to 20 % below twelve of the former; a
//! trial is 7 to 14 days. A catalogue that breaks this is refused when it is read.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Money, push};

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// ISO 4217 in small letters: one for all.
    pub currency: String,
    /// What features are called, by their slugs, in the order they are shown in.
    #[serde(default)]
    pub features: BTreeMap<String, String>,
    #[serde(rename = "plan")]
    pub plans: Vec<Plan>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What forms, the database and the provider's metadata name it by.
    pub slug: String,
    pub name: String,
    /// One line for the pricing page.
    pub summary: String,
    /// None: it is free.
    pub prices: Option<Prices>,
    pub trial: Option<Trial>,
    /// By the slugs of features; what is not here is not had.
    #[serde(default)]
    pub grants: BTreeMap<String, Entitlement>,
}

/// In the currency's smallest unit, for each seat where it is sold by the seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    pub monthly: i64,
    pub yearly: i64,
    #[serde(default)]
    pub per_seat: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    pub days: u32,
    /// Whether a card is asked for before it begins.
    pub card: bool,
}

/// Had or not, how many, or which of several (E-02 to E-04).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Entitlement {
    Switch(bool),
    Limit(u32),
    Tier(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interval {
    Month,
    Year,
}

#[derive(Debug, Error, PartialEq, Eq)]
#[error("plan {plan}: {why}")]
pub struct CatalogueError {
    pub plan: String,
    pub why: &'static str,
}

impl Interval {
    pub const ALL: [Self; 2] = [Self::Month, Self::Year];

    /// The word of forms, the database and the provider.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[derive(Debug, Error)]
#[error("neither month nor year")]
pub struct UnknownInterval;

impl FromStr for Interval {
    type Err = UnknownInterval;

    fn from_str(text: &str) -> Result<Self, UnknownInterval> {
        Self::ALL.into_iter().find(|interval| interval.as_str() == text).ok_or(UnknownInterval)
    }
}

impl Prices {
    pub const fn per(&self, interval: Interval) -> i64 {
        match interval {
            Interval::Month => self.monthly,
            Interval::Year => self.yearly,
        }
    }

    /// What the year saves, in whole per cent, rounded down: never more is promised than is given.
    pub const fn saved_by_the_year(&self) -> i64 {
        let twelve = self.monthly * 12;
        (twelve - self.yearly) * 100 / twelve
    }
}

impl Catalogue {
    /// What everybody has who pays for nothing.
    pub fn free(&self) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.prices.is_none())
    }

    pub fn plan(&self, slug: &str) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.slug == slug)
    }

    /// The names of all prices there are to be.
    pub fn lookup_keys(&self) -> Vec<String> {
        let sold = self.plans.iter().filter(|plan| plan.prices.is_some());
        sold.flat_map(|plan| Interval::ALL.map(|interval| push::lookup_key(&plan.slug, interval))).collect()
    }

    pub fn money(&self, amount: i64) -> Money {
        Money { amount, currency: self.currency.clone() }
    }

    /// # Errors
    /// The first plan that is not as it must be, and why.
    pub fn check(&self) -> Result<(), CatalogueError> {
        let wrong = |plan: &str, why| Err(CatalogueError { plan: plan.to_owned(), why });
        if self.currency.len() != 3 || !self.currency.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return wrong("(all)", "the currency is three small letters, like usd");
        }
        if self.plans.iter().filter(|plan| plan.prices.is_none()).count() != 1 {
            return wrong("(all)", "one plan must be free, and only one");
        }
        for (n, plan) in self.plans.iter().enumerate() {
            if let Err(why) = plan.check(&self.features) {
                return wrong(&plan.slug, why);
            }
            if self.plans.iter().skip(n + 1).any(|other| other.slug == plan.slug) {
                return wrong(&plan.slug, "the slug is taken twice");
            }
        }
        Ok(())
    }
}

impl Plan {
    fn check(&self, features: &BTreeMap<String, String>) -> Result<(), &'static str> {
        let is_slug = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if self.slug.is_empty() || self.slug.len() > 40 || !self.slug.bytes().all(is_slug) {
            return Err("the slug is small letters, digits and hyphens");
        }
        if self.name.trim().is_empty() {
            return Err("it has no name");
        }
        if self.grants.keys().any(|slug| !features.contains_key(slug)) {
            return Err("it grants a feature that has no name under [features]");
        }
        if let Some(Prices { monthly, yearly, .. }) = self.prices {
            if !(1..=99_999_999).contains(&monthly) || !(1..=99_999_999).contains(&yearly) {
                return Err("a price is a whole number of cents, one or more");
            }
            // 15 to 20 % below twelve months (L-07), without rounding.
            let (twelve, hundredfold) = (monthly * 12, yearly * 100);
            if !(twelve * 80..=twelve * 85).contains(&hundredfold) {
                return Err("the year must cost 15 to 20 % less than twelve months");
            }
        }
        match self.trial {
            Some(_) if self.prices.is_none() => Err("what is free has no trial"),
            Some(Trial { days, .. }) if !(7..=14).contains(&days) => Err("a trial is 7 to 14 days"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(slug: &str, prices: Option<(i64, i64)>, trial: Option<u32>) -> Plan {
        Plan {
            slug: slug.to_owned(),
            name: slug.to_uppercase(),
            summary: String::new(),
            prices: prices.map(|(monthly, yearly)| Prices { monthly, yearly, per_seat: false }),
            trial: trial.map(|days| Trial { days, card: false }),
            grants: BTreeMap::new(),
        }
    }

    fn check(plans: Vec<Plan>) -> Result<(), CatalogueError> {
        Catalogue { currency: "usd".to_owned(), features: BTreeMap::new(), plans }.check()
    }

    fn with(other: Plan) -> Result<(), CatalogueError> {
        check(vec![plan("free", None, None), other])
    }

    #[test]
    fn l07_the_year_costs_15_to_20_per_cent_less() {
        for (yearly, good) in [(10_200, true), (9_600, true), (9_599, false), (10_201, false), (12_000, false)] {
            assert_eq!(with(plan("pro", Some((1_000, yearly)), None)).is_ok(), good, "{yearly}");
        }
        let saved = |yearly| Prices { monthly: 1_000, yearly, per_seat: false }.saved_by_the_year();
        assert_eq!((saved(10_200), saved(9_600), saved(9_999)), (15, 20, 16));
    }

    #[test]
    fn l01_a_trial_is_7_to_14_days() {
        for (days, good) in [(6, false), (7, true), (14, true), (15, false), (0, false)] {
            assert_eq!(with(plan("pro", Some((1_000, 10_000)), Some(days))).is_ok(), good, "{days}");
        }
        assert!(check(vec![plan("free", None, Some(7))]).is_err());
    }

    #[test]
    fn one_free_plan_and_every_slug_once() {
        assert!(check(vec![]).is_err());
        assert!(check(vec![plan("pro", Some((1_000, 10_000)), None)]).is_err());
        assert!(check(vec![plan("free", None, None), plan("gratis", None, None)]).is_err());
        assert!(with(plan("free", Some((1_000, 10_000)), None)).is_err());
        for slug in ["", "Pro", "p ro", "pro/x", &"x".repeat(41)] {
            assert!(with(plan(slug, Some((1_000, 10_000)), None)).is_err(), "{slug:?}");
        }
        for prices in [(0, 0), (-1_000, -10_000), (1_000_000_000, 10_000_000_000)] {
            assert!(with(plan("pro", Some(prices), None)).is_err(), "{prices:?}");
        }
    }
}

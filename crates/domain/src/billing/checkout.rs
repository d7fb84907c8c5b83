//! Buying a plan for the first time (B-03, check B06): what may be bought, and what is to become of a
//! checkout that is open already.
//!
//! What must hold: the client names a plan and an interval and nothing else; and one organisation has
//! at most one checkout that can be paid, and none while a subscription goes on. So two tabs can't buy
//! twice.

use thiserror::Error;

use super::{Catalogue, Interval, Plan, Reduced, Subscription, Trial};

/// What is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    pub plan: &'a Plan,
    pub interval: Interval,
}

#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NotSold {
    /// No plan of the catalogue, or one that costs nothing, or no interval.
    #[error("there is no such plan to buy")]
    NoSuchPlan,
    /// A subscription goes on: it is changed, not bought again.
    #[error("there is a subscription already")]
    SubscribedAlready,
}

/// # Errors
/// [`NotSold::NoSuchPlan`] for what is not in the catalogue, or free.
pub fn choose<'a>(catalogue: &'a Catalogue, plan: &str, interval: &str) -> Result<Choice<'a>, NotSold> {
    let plan = catalogue.plan(plan).filter(|plan| plan.prices.is_some()).ok_or(NotSold::NoSuchPlan)?;
    let interval = interval.parse().map_err(|_| NotSold::NoSuchPlan)?;
    Ok(Choice { plan, interval })
}

impl Choice<'_> {
    /// How many seats are paid for, by how many people there are.
    pub fn seats(&self, members: u32) -> u32 {
        if self.plan.prices.is_some_and(|prices| prices.per_seat) { members.max(1) } else { 1 }
    }

    /// The trial, for whoever never had a subscription (L-01).
    pub fn trial(&self, had_one_before: bool) -> Option<Trial> {
        self.plan.trial.filter(|_| !had_one_before)
    }
}

/// Whether something may be bought, by what is stored and by what the provider has right now.
///
/// # Errors
/// [`NotSold::SubscribedAlready`] when either says so.
pub fn may_buy(stored: Option<&Subscription>, seen: &Reduced<'_>) -> Result<(), NotSold> {
    let seen = seen.current.map(|current| &current.subscription);
    if [stored, seen].into_iter().flatten().any(|one| one.status.goes_on()) {
        return Err(NotSold::SubscribedAlready);
    }
    Ok(())
}

/// What is sold, to the last word that costs something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order<'a> {
    /// A slug.
    pub plan: &'a str,
    pub interval: Interval,
    /// What one seat costs each interval, in the smallest unit of `currency`.
    pub amount: i64,
    pub currency: &'a str,
    pub seats: u32,
    pub trial: Option<Trial>,
}

impl<'a> Order<'a> {
    /// None for a plan that costs nothing.
    pub fn of(choice: &Choice<'a>, currency: &'a str, (members, had_one): (u32, bool)) -> Option<Self> {
        Some(Self {
            plan: &choice.plan.slug,
            interval: choice.interval,
            amount: choice.plan.prices?.per(choice.interval),
            currency,
            seats: choice.seats(members),
            trial: choice.trial(had_one),
        })
    }

    /// In one word, to be compared: `pro month 4900 usd x1 14d`, `+card` where the trial asks for one.
    pub fn terms(&self) -> String {
        let Self { plan, interval, amount, currency, seats, trial } = self;
        let trial = trial
            .map_or_else(String::new, |trial| format!(" {}d{}", trial.days, if trial.card { "+card" } else { "" }));
        format!("{plan} {interval} {amount} {currency} x{seats}{trial}")
    }
}

/// A checkout that can still be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCheckout {
    pub id: String,
    /// The [`Order::terms`] that it was made for; empty where it says none.
    pub terms: String,
}

/// What is to become of the open ones: at most one is gone on with, the others are ended. One that was made
/// for other people, or before a price changed, is not what is wanted now.
pub fn sort_open<'a>(open: &'a [OpenCheckout], order: &Order<'_>) -> (Option<&'a OpenCheckout>, Vec<&'a OpenCheckout>) {
    let terms = order.terms();
    let same = open.iter().find(|one| one.terms == terms);
    let others = open.iter().filter(|one| same.is_none_or(|same| same.id != one.id)).collect();
    (same, others)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        SubscriptionId,
        billing::{Prices, SubscriptionStatus},
    };

    fn catalogue() -> Catalogue {
        let plan = |slug: &str, prices, trial| Plan {
            slug: slug.to_owned(),
            name: slug.to_owned(),
            summary: String::new(),
            prices,
            trial,
            grants: BTreeMap::new(),
        };
        let prices = |per_seat| Some(Prices { monthly: 1000, yearly: 10_000, per_seat });
        Catalogue {
            currency: "usd".to_owned(),
            features: BTreeMap::new(),
            plans: vec![
                plan("free", None, None),
                plan("pro", prices(false), Some(Trial { days: 14, card: false })),
                plan("seats", prices(true), None),
            ],
        }
    }

    #[test]
    fn b06_a_plan_and_an_interval_of_the_catalogue_and_nothing_else() {
        let catalogue = catalogue();
        assert!(choose(&catalogue, "pro", "month").is_ok() && choose(&catalogue, "seats", "year").is_ok());
        for (plan, interval) in [
            ("free", "month"),
            ("", "month"),
            ("Pro", "month"),
            ("enterprise", "month"),
            ("price_1", "month"),
            ("pro", ""),
            ("pro", "week"),
            ("pro", "Month"),
            ("pro", "-1"),
        ] {
            assert_eq!(choose(&catalogue, plan, interval).err(), Some(NotSold::NoSuchPlan), "{plan} {interval}");
        }
        let seats = |plan, members| choose(&catalogue, plan, "month").unwrap().seats(members);
        assert_eq!((seats("pro", 7), seats("seats", 7), seats("seats", 0)), (1, 7, 1));
        let trial = |had| choose(&catalogue, "pro", "month").unwrap().trial(had).map(|trial| trial.days);
        assert_eq!((trial(false), trial(true)), (Some(14), None));
    }

    #[test]
    fn nobody_buys_beside_a_subscription_that_goes_on() {
        use SubscriptionStatus::{Active, Canceled, Incomplete, IncompleteExpired, PastDue, Paused, Trialing, Unpaid};
        let nothing = Reduced { current: None, others_going_on: 0 };
        let of = |status| Subscription::new(SubscriptionId::from_trusted("sub_1"), "pro", status);
        assert_eq!(may_buy(None, &nothing), Ok(()));
        for (status, may) in [
            (Active, false),
            (Trialing, false),
            (PastDue, false),
            (Unpaid, false),
            (Paused, false),
            (Incomplete, true),
            (IncompleteExpired, true),
            (Canceled, true),
        ] {
            assert_eq!(may_buy(Some(&of(status)), &nothing).is_ok(), may, "{status:?}");
            let seen = crate::billing::SubscriptionSeen {
                subscription: of(status),
                created: crate::Timestamp::from_millis(0),
                organization: None,
                item: None,
                schedule: None,
            };
            let reduced = Reduced { current: Some(&seen), others_going_on: 0 };
            assert_eq!(may_buy(None, &reduced).is_ok(), may, "{status:?}");
        }
    }

    #[test]
    fn of_the_open_checkouts_one_at_most_stays() {
        let catalogue = catalogue();
        let order = |plan, interval, members, had_one| {
            Order::of(&choose(&catalogue, plan, interval).unwrap(), "usd", (members, had_one)).unwrap()
        };
        let wanted = order("seats", "month", 3, false);
        assert_eq!(wanted.terms(), "seats month 1000 usd x3");
        assert_eq!(order("pro", "year", 3, false).terms(), "pro year 10000 usd x1 14d");
        assert_eq!(sort_open(&[], &wanted), (None, vec![]));
        let others = [
            order("pro", "month", 3, false),
            order("seats", "year", 3, false),
            // Somebody joined; a price is another one; the trial was had.
            order("seats", "month", 4, false),
            Order { amount: 900, ..wanted },
            Order { currency: "eur", ..wanted },
            Order { trial: Some(Trial { days: 14, card: true }), ..wanted },
        ];
        let open = |(n, order): (usize, &Order<'_>)| OpenCheckout { id: n.to_string(), terms: order.terms() };
        let mut all: Vec<OpenCheckout> = others.iter().enumerate().map(open).collect();
        assert_eq!(sort_open(&all, &wanted).0, None);
        all.push(OpenCheckout { id: "unknown".to_owned(), terms: String::new() });
        all.extend(["same", "again"].map(|id| OpenCheckout { id: id.to_owned(), terms: wanted.terms() }));
        let (same, others) = sort_open(&all, &wanted);
        assert_eq!(same.map(|one| one.id.as_str()), Some("same"));
        let others: Vec<_> = others.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(others, ["0", "1", "2", "3", "4", "5", "unknown", "again"]);
    }
}

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

/// A checkout that can still be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCheckout {
    pub id: String,
    pub plan: String,
    pub interval: String,
}

/// What is to become of the open ones: at most one is gone on with, the others are ended.
pub fn sort_open<'a>(
    open: &'a [OpenCheckout],
    choice: &Choice<'_>,
) -> (Option<&'a OpenCheckout>, Vec<&'a OpenCheckout>) {
    let is_same = |one: &&OpenCheckout| one.plan == choice.plan.slug && one.interval == choice.interval.as_str();
    let same = open.iter().find(is_same);
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
        let choice = choose(&catalogue, "pro", "month").unwrap();
        let open = |id: &str, plan: &str, interval: &str| OpenCheckout {
            id: id.to_owned(),
            plan: plan.to_owned(),
            interval: interval.to_owned(),
        };
        assert_eq!(sort_open(&[], &choice), (None, vec![]));
        let all = [
            open("a", "seats", "month"),
            open("b", "pro", "month"),
            open("c", "pro", "month"),
            open("d", "pro", "year"),
        ];
        let (same, others) = sort_open(&all, &choice);
        assert_eq!(same.map(|one| one.id.as_str()), Some("b"));
        assert_eq!(others.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["a", "c", "d"]);
    }
}

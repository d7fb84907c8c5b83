//! Changing a plan that runs (L-06, L-07): what may be changed, and when it takes effect.
//!
//! What must hold: what brings more is had at once, for the difference; what gives something up waits
//! for the end of what is paid for; a trial is not paid for, so everything in it is changed at once. The
//! client names a plan, an interval and a number of seats, and nothing that costs (check B06).

use thiserror::Error;

use super::{Catalogue, Entitlement, Interval, Plan, Subscription, SubscriptionStatus};
use crate::{Millis, Timestamp};

/// What is to be had.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub plan: &'a Plan,
    pub interval: Interval,
    pub seats: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Now,
    /// When the period is over that is paid for.
    AtPeriodEnd,
}

#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NotChanged {
    /// No plan of the catalogue that costs something, or no interval.
    #[error("there is no such plan")]
    NoSuchPlan,
    #[error("there is nothing to change")]
    NotSubscribed,
    /// What is owed comes first.
    #[error("a payment is open")]
    PaymentOpen,
    #[error("it is on hold")]
    Paused,
    /// It is to end; that is taken back first.
    #[error("it was canceled")]
    Canceled,
    /// Another change waits for the end of the period; that is taken back first.
    #[error("a change is scheduled")]
    Scheduled,
    /// It is this already.
    #[error("nothing would be different")]
    Same,
    /// Fewer seats than people, more than the plan has, or seats of a plan that has none.
    #[error("not that many seats")]
    Seats,
}

/// How old a shown amount may be.
const SHOWN_FOR: Millis = Millis::minutes(10);

/// What the client named. `seats` is none where it says nothing of them: then as many as now, and as
/// many as there are people at least.
///
/// # Errors
/// [`NotChanged::NoSuchPlan`] and [`NotChanged::Seats`].
pub fn target<'a>(
    catalogue: &'a Catalogue,
    (plan, interval): (&str, &str),
    seats: Option<u32>,
    (current, members): (&Subscription, u32),
) -> Result<Target<'a>, NotChanged> {
    let plan = catalogue.plan(plan).ok_or(NotChanged::NoSuchPlan)?;
    let prices = plan.prices.ok_or(NotChanged::NoSuchPlan)?;
    let interval = interval.parse().map_err(|_| NotChanged::NoSuchPlan)?;
    let least = members.max(1);
    let seats = match (prices.per_seat, seats) {
        (false, None | Some(1)) => 1,
        (true, None) => current.seats.max(least),
        (true, Some(seats)) if (least..=most_seats(plan)).contains(&seats) => seats,
        (_, Some(_)) => return Err(NotChanged::Seats),
    };
    Ok(Target { plan, interval, seats })
}

/// The most that can be bought of a plan: as many as it lets in.
pub fn most_seats(plan: &Plan) -> u32 {
    match plan.grants.get("members") {
        Some(Entitlement::Limit(many)) => *many,
        _ => 10_000,
    }
}

/// Whether it may be changed to that, and when it takes effect.
///
/// # Errors
/// Every [`NotChanged`] but those of [`target`].
pub fn when(catalogue: &Catalogue, current: &Subscription, target: &Target<'_>) -> Result<When, NotChanged> {
    match current.status {
        SubscriptionStatus::Active | SubscriptionStatus::Trialing => {}
        SubscriptionStatus::PastDue | SubscriptionStatus::Unpaid => return Err(NotChanged::PaymentOpen),
        SubscriptionStatus::Paused => return Err(NotChanged::Paused),
        SubscriptionStatus::Incomplete | SubscriptionStatus::IncompleteExpired | SubscriptionStatus::Canceled => {
            return Err(NotChanged::NotSubscribed);
        }
    }
    if current.cancel_at.is_some() {
        return Err(NotChanged::Canceled);
    }
    let is_same =
        current.plan == target.plan.slug && current.interval == Some(target.interval) && current.seats == target.seats;
    if is_same {
        return Err(NotChanged::Same);
    }
    let is_trial = current.status == SubscriptionStatus::Trialing;
    if !is_trial && gives_up(catalogue, current, target) {
        // In place of one that waits already.
        return Ok(When::AtPeriodEnd);
    }
    if current.upcoming.change.is_some() { Err(NotChanged::Scheduled) } else { Ok(When::Now) }
}

/// The catalogue is in the order of its plans: what comes later is more.
fn gives_up(catalogue: &Catalogue, current: &Subscription, target: &Target<'_>) -> bool {
    let place = |slug: &str| catalogue.plans.iter().position(|plan| plan.slug == slug);
    let is_less = place(&target.plan.slug) < place(&current.plan);
    // Seats are compared of one plan only: others count them otherwise.
    let fewer = target.plan.slug == current.plan && target.seats < current.seats;
    is_less || fewer || target.interval < current.interval.unwrap_or(Interval::Month)
}

/// Something that a change takes away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// As people read it.
    pub feature: String,
    pub had: Option<Entitlement>,
    pub gets: Option<Entitlement>,
}

/// What `from` has and `to` has not, or less of, in the order of the catalogue's features. Tiers are
/// compared by whether they differ: which is more only people know, so it is said.
pub fn losses(catalogue: &Catalogue, from: &Plan, to: &Plan) -> Vec<Loss> {
    let less = |had: &Entitlement, gets: Option<&Entitlement>| match (had, gets) {
        (Entitlement::Switch(had), gets) => *had && gets != Some(&Entitlement::Switch(true)),
        (Entitlement::Limit(had), Some(Entitlement::Limit(gets))) => gets < had,
        (Entitlement::Tier(had), gets) => had != "none" && gets != Some(&Entitlement::Tier(had.clone())),
        (Entitlement::Limit(had), _) => *had > 0,
    };
    let of = |(slug, name): (&String, &String)| {
        let (had, gets) = (from.grants.get(slug)?, to.grants.get(slug));
        less(had, gets).then(|| Loss { feature: name.clone(), had: Some(had.clone()), gets: gets.cloned() })
    };
    catalogue.features.iter().filter_map(of).collect()
}

/// Whether an amount that was worked out for the moment `at` may still be paid. The moment comes from the
/// client: what lies further back, or ahead, would change what is paid.
pub fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now - SHOWN_FOR <= at
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        SubscriptionId,
        billing::{Prices, ScheduledChange, Upcoming},
    };

    fn catalogue() -> Catalogue {
        let plan = |slug: &str, prices: Option<(i64, bool)>, limit, tier: &str, sso| Plan {
            slug: slug.to_owned(),
            name: slug.to_owned(),
            summary: String::new(),
            prices: prices.map(|(monthly, per_seat)| Prices { monthly, yearly: monthly * 10, per_seat }),
            trial: None,
            grants: BTreeMap::from([
                ("members".to_owned(), Entitlement::Limit(limit)),
                ("sso".to_owned(), Entitlement::Switch(sso)),
                ("tier".to_owned(), Entitlement::Tier(tier.to_owned())),
            ]),
        };
        Catalogue {
            currency: "usd".to_owned(),
            features: ["members", "sso", "tier"].map(|slug| (slug.to_owned(), slug.to_uppercase())).into(),
            plans: vec![
                plan("free", None, 3, "none", false),
                plan("basic", Some((1900, false)), 10, "some", false),
                plan("pro", Some((4900, false)), 50, "all", false),
                plan("seats", Some((2900, true)), 100, "all", true),
            ],
        }
    }

    fn current(plan: &str, interval: Interval, seats: u32) -> Subscription {
        let new = Subscription::new(SubscriptionId::from_trusted("sub_1"), plan, SubscriptionStatus::Active);
        Subscription { interval: Some(interval), seats, ..new }
    }

    fn decided(current: &Subscription, plan: &str, interval: &str, seats: Option<u32>) -> Result<When, NotChanged> {
        let catalogue = catalogue();
        let target = target(&catalogue, (plan, interval), seats, (current, 4))?;
        when(&catalogue, current, &target)
    }

    #[test]
    fn l06_more_is_had_at_once_and_less_when_the_period_is_over() {
        use Interval::{Month, Year};
        use When::{AtPeriodEnd, Now};
        for (from, interval, to, wanted, when) in [
            ("basic", Month, "pro", "month", Now),
            ("basic", Month, "pro", "year", Now),
            ("basic", Month, "basic", "year", Now),
            ("basic", Month, "seats", "month", Now),
            ("pro", Month, "basic", "month", AtPeriodEnd),
            // Less, though it costs more at once.
            ("pro", Month, "basic", "year", AtPeriodEnd),
            ("pro", Year, "pro", "month", AtPeriodEnd),
            // More, and given up that the year is paid for.
            ("basic", Year, "pro", "month", AtPeriodEnd),
            ("seats", Month, "pro", "month", AtPeriodEnd),
        ] {
            let current = current(from, interval, if from == "seats" { 4 } else { 1 });
            assert_eq!(decided(&current, to, wanted, None), Ok(when), "{from} {interval} to {to} {wanted}");
            let trial = Subscription { status: SubscriptionStatus::Trialing, ..current };
            assert_eq!(decided(&trial, to, wanted, None), Ok(Now), "{from} {interval} to {to} {wanted}, in a trial");
        }
    }

    #[test]
    fn seats_are_as_many_as_people_at_least_and_of_the_plan_at_most() {
        let seats = current("seats", Interval::Month, 6);
        for (wanted, expected) in [
            (Some(7), Ok(When::Now)),
            (Some(100), Ok(When::Now)),
            (Some(5), Ok(When::AtPeriodEnd)),
            (Some(4), Ok(When::AtPeriodEnd)),
            (Some(6), Err(NotChanged::Same)),
            (None, Err(NotChanged::Same)),
            (Some(3), Err(NotChanged::Seats)),
            (Some(0), Err(NotChanged::Seats)),
            (Some(101), Err(NotChanged::Seats)),
            (Some(u32::MAX), Err(NotChanged::Seats)),
        ] {
            assert_eq!(decided(&seats, "seats", "month", wanted), expected, "{wanted:?}");
        }
        let pro = current("pro", Interval::Month, 1);
        assert_eq!(decided(&pro, "pro", "year", Some(2)), Err(NotChanged::Seats));
        assert_eq!(decided(&pro, "pro", "year", Some(1)), Ok(When::Now));
        // From a plan without seats: as many as there are people.
        let catalogue = catalogue();
        assert_eq!(target(&catalogue, ("seats", "month"), None, (&pro, 4)).unwrap().seats, 4);
        assert_eq!(target(&catalogue, ("seats", "month"), None, (&seats, 4)).unwrap().seats, 6);
    }

    #[test]
    fn what_can_not_be_changed_says_why() {
        let pro = current("pro", Interval::Month, 1);
        for (plan, interval, why) in [
            ("free", "month", NotChanged::NoSuchPlan),
            ("", "month", NotChanged::NoSuchPlan),
            ("price_1", "month", NotChanged::NoSuchPlan),
            ("basic", "", NotChanged::NoSuchPlan),
            ("basic", "week", NotChanged::NoSuchPlan),
            ("pro", "month", NotChanged::Same),
        ] {
            assert_eq!(decided(&pro, plan, interval, None), Err(why), "{plan} {interval}");
        }
        for status in SubscriptionStatus::ALL {
            let expected = match status {
                SubscriptionStatus::Active | SubscriptionStatus::Trialing => Ok(When::Now),
                SubscriptionStatus::PastDue | SubscriptionStatus::Unpaid => Err(NotChanged::PaymentOpen),
                SubscriptionStatus::Paused => Err(NotChanged::Paused),
                _ => Err(NotChanged::NotSubscribed),
            };
            let current = Subscription { status, ..pro.clone() };
            assert_eq!(decided(&current, "pro", "year", None), expected, "{status:?}");
        }
        let change =
            ScheduledChange { plan: "basic".to_owned(), interval: None, seats: 1, at: Timestamp::from_millis(1) };
        let scheduled = Subscription {
            upcoming: Upcoming { change: Some(change), invoice: None },
            ..current("pro", Interval::Month, 1)
        };
        assert_eq!(decided(&scheduled, "pro", "year", None), Err(NotChanged::Scheduled));
        assert_eq!(decided(&scheduled, "basic", "month", None), Ok(When::AtPeriodEnd), "in its place");
        let ending = Subscription { cancel_at: Some(Timestamp::from_millis(1)), ..pro };
        assert_eq!(decided(&ending, "pro", "year", None), Err(NotChanged::Canceled));
    }

    #[test]
    fn what_is_lost_is_named_and_what_is_gained_is_not() {
        let catalogue = catalogue();
        let between = |from: &str, to: &str| -> Vec<String> {
            let (from, to) = (catalogue.plan(from).unwrap(), catalogue.plan(to).unwrap());
            losses(&catalogue, from, to).into_iter().map(|loss| loss.feature).collect()
        };
        assert_eq!(between("seats", "basic"), ["MEMBERS", "SSO", "TIER"]);
        assert_eq!(between("seats", "pro"), ["MEMBERS", "SSO"]);
        assert_eq!(between("basic", "seats"), ["TIER"], "tiers that differ are said");
        assert!(between("free", "basic").is_empty() && between("pro", "pro").is_empty());
    }

    #[test]
    fn an_amount_is_good_for_ten_minutes() {
        let now = Timestamp::from_millis(1_000_000_000);
        for (ago, fresh) in [(0, true), (599, true), (600, true), (601, false), (-1, false), (86_400, false)] {
            assert_eq!(is_fresh(now - Millis::seconds(ago), now), fresh, "{ago}");
        }
    }

    proptest! {
        /// There and back: if one way is at once, the other waits, unless nothing is given up by either.
        #[test]
        fn no_change_is_at_once_both_ways(
            from in 1_usize..4, to in 1_usize..4, from_year: bool, to_year: bool, from_seats in 4_u32..9, to_seats in 4_u32..9,
        ) {
            let catalogue = catalogue();
            let side = |place: usize, year: bool, seats: u32| {
                let plan = &catalogue.plans[place];
                let interval = if year { Interval::Year } else { Interval::Month };
                Target { plan, interval, seats: if plan.prices.unwrap().per_seat { seats } else { 1 } }
            };
            let (one, other) = (side(from, from_year, from_seats), side(to, to_year, to_seats));
            let as_current = |target: &Target<'_>| current(&target.plan.slug, target.interval, target.seats);
            let there = when(&catalogue, &as_current(&one), &other);
            let back = when(&catalogue, &as_current(&other), &one);
            prop_assert!(there != Ok(When::Now) || back == Ok(When::AtPeriodEnd), "{there:?} {back:?}");
        }
    }
}

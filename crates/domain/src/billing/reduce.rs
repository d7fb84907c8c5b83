//! From everything that the provider has of a customer to the one subscription that counts
//! (W-05, check W05).
//!
//! What must hold: the answer depends on what there is and not on the order it is told in. A
//! subscription that has ended never comes before one that goes on.

use std::cmp::Ordering;

use super::{Money, Subscription, SubscriptionStatus};
use crate::Timestamp;

/// A subscription as it is at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionSeen {
    pub subscription: Subscription,
    pub created: Timestamp,
    /// The organisation that its metadata names; compared, never followed (check W07).
    pub organization: Option<String>,
    pub item: Option<ItemSeen>,
    /// The provider's name for what changes it later.
    pub schedule: Option<String>,
}

/// The one item of a subscription that we sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemSeen {
    /// The provider's names.
    pub id: String,
    pub price: String,
    /// What one seat costs each interval; none for a price of another kind (by tiers, by use). Who has an older price
    /// than the catalogue's keeps it until they take another plan (B-05).
    pub unit: Option<Money>,
}

/// What a customer has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reduced<'a> {
    pub current: Option<&'a SubscriptionSeen>,
    /// How many others go on beside it: money is taken twice.
    pub others_going_on: usize,
}

/// The one that counts.
pub fn reduce<'a>(seen: impl IntoIterator<Item = &'a SubscriptionSeen>) -> Reduced<'a> {
    let seen: Vec<&SubscriptionSeen> = seen.into_iter().collect();
    let current = seen.iter().copied().max_by(|a, b| by_weight(a, b));
    let going_on = seen.iter().filter(|one| one.subscription.status.goes_on()).count();
    let itself = current.is_some_and(|one| one.subscription.status.goes_on());
    Reduced { current, others_going_on: going_on - usize::from(itself) }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Ended,
    /// Waits for its first payment: nothing was paid, and nothing is owed.
    NotBegun,
    GoesOn,
}

const fn weight(status: SubscriptionStatus) -> Weight {
    if status.goes_on() {
        Weight::GoesOn
    } else if status.has_ended() {
        Weight::Ended
    } else {
        Weight::NotBegun
    }
}

/// What goes on, then what is newest; of one second, by id, so that there is always one answer.
fn by_weight(a: &SubscriptionSeen, b: &SubscriptionSeen) -> Ordering {
    let key = |one: &SubscriptionSeen| (weight(one.subscription.status), one.created);
    key(a).cmp(&key(b)).then_with(|| a.subscription.id.cmp(&b.subscription.id))
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;
    use crate::SubscriptionId;

    fn seen(id: &str, status: SubscriptionStatus, created: i64) -> SubscriptionSeen {
        SubscriptionSeen {
            subscription: Subscription::new(SubscriptionId::from_trusted(id), "pro", status),
            created: Timestamp::from_millis(created),
            organization: None,
            item: None,
            schedule: None,
        }
    }

    fn current(seen: &[SubscriptionSeen]) -> Option<&str> {
        reduce(seen).current.map(|one| one.subscription.id.as_str())
    }

    #[test]
    fn w05_the_table() {
        use SubscriptionStatus::{Active, Canceled, Incomplete, IncompleteExpired, PastDue, Paused, Trialing, Unpaid};
        assert_eq!(current(&[]), None);
        assert_eq!(current(&[seen("a", Canceled, 1)]), Some("a"));
        for goes_on in [Trialing, Active, PastDue, Unpaid, Paused] {
            for other in [Canceled, IncompleteExpired, Incomplete] {
                assert_eq!(current(&[seen("old", goes_on, 1), seen("new", other, 2)]), Some("old"), "{other:?}");
            }
        }
        assert_eq!(current(&[seen("waits", Incomplete, 1), seen("ended", Canceled, 2)]), Some("waits"));
        assert_eq!(current(&[seen("old", Canceled, 1), seen("new", Canceled, 2)]), Some("new"));
        assert_eq!(current(&[seen("a", Active, 1), seen("b", Active, 1)]), Some("b"));
    }

    #[test]
    fn two_that_go_on_are_counted() {
        use SubscriptionStatus::{Active, Canceled, Incomplete, PastDue};
        let others = |seen: &[SubscriptionSeen]| reduce(seen).others_going_on;
        assert_eq!(others(&[]), 0);
        assert_eq!(others(&[seen("a", Canceled, 1), seen("b", Incomplete, 2)]), 0);
        assert_eq!(others(&[seen("a", Active, 1), seen("b", Canceled, 2), seen("c", Incomplete, 3)]), 0);
        assert_eq!(others(&[seen("a", Active, 1), seen("b", PastDue, 2)]), 1);
    }

    proptest! {
        #[test]
        fn w05_the_order_makes_no_difference(
            all in prop::collection::vec((select(&SubscriptionStatus::ALL[..]), 0_i64..4), 0..7),
            turn in 0_usize..7,
        ) {
            let made: Vec<_> = all.iter().enumerate().map(|(n, (s, c))| seen(&format!("sub_{n}"), *s, *c)).collect();
            let mut other = made.clone();
            other.reverse();
            if !other.is_empty() {
                let turn = turn % other.len();
                other.rotate_left(turn);
            }
            prop_assert_eq!(reduce(&made), reduce(&other));
        }
    }
}

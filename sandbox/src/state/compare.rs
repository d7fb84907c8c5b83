//! What differs between two versions of a persistent map, in time that follows the difference.
//!
//! Two versions share every node that no change touched. A node of the newer version that the
//! older one has too is passed over with everything below it; the rows of the others are compared.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use immutable_chunkmap::map::Map;

use crate::agenda::Due;
use crate::books::PortalVisit;
use crate::http::rights::Rights;
use crate::objects::checkout_completion::Waiting;
use crate::objects::checkout_order::Order;
use crate::rows::Rows;
use crate::webhooks::target::Secrets;

/// Rows that know whether they are the same.
pub trait Row: Clone {
    /// False when in doubt costs a line in the file, nothing else.
    fn is_same(&self, other: &Self) -> bool;
}

/// Small rows are compared by what they say.
macro_rules! small_rows {
    ($($row:ty)*) => {
        $(impl Row for $row {
            fn is_same(&self, other: &Self) -> bool {
                self == other
            }
        })*
    };
}

small_rows! { bool i64 u64 String Due Order PortalVisit Rights Secrets Waiting }

impl<T: ?Sized> Row for Arc<T> {
    fn is_same(&self, other: &Self) -> bool {
        Self::ptr_eq(self, other)
    }
}

/// What differs.
pub struct Difference<'m, K, V> {
    /// New rows and rows that are other than before.
    pub put: Vec<(&'m K, &'m V)>,
    /// The keys of rows that are gone.
    pub gone: Vec<&'m K>,
}

/// What is other in `new` than in `old`.
pub fn difference<'m, K: Ord + Clone, V: Row, const N: usize>(
    old: &'m Map<K, V, N>,
    new: &'m Map<K, V, N>,
) -> Difference<'m, K, V> {
    let (fresh, shared) = not_in(old, new);
    let mut before: BTreeMap<&K, &V> = down_to(&shared, old).into_iter().collect();
    let put = fresh.into_iter().filter(|(key, row)| before.remove(key).is_none_or(|old| !old.is_same(row))).collect();
    Difference { put, gone: before.into_keys().collect() }
}

/// The same of rows by number. Those that went from the list into the map are no difference.
pub fn difference_of_rows<'m, V>(old: &'m Rows<V>, new: &'m Rows<V>) -> Difference<'m, u64, Arc<V>> {
    let Difference { mut put, mut gone } = difference(&old.settled, &new.settled);
    put.extend(new.recent.iter().map(|(number, row)| (number, row)));
    put.retain(|(number, row)| old.get(**number).is_none_or(|old| !old.is_same(row)));
    let recent = old.recent.iter().map(|(number, _)| number);
    gone.extend(recent.filter(|number| new.get(**number).is_none()));
    Difference { put, gone }
}

type Found<'m, K, V> = Vec<(&'m K, &'m V)>;

/// The rows of those nodes of `new` that `old` has not, and the topmost nodes that it has.
// The library's type of a node can't be named, so this is one piece.
fn not_in<'m, K: Ord + Clone, V: Row, const N: usize>(
    old: &Map<K, V, N>,
    new: &'m Map<K, V, N>,
) -> (Found<'m, K, V>, HashSet<usize>) {
    let (mut fresh, mut shared) = (Vec::new(), HashSet::new());
    let mut ahead: Vec<_> = new.root().into_iter().collect();
    while let Some(node) = ahead.pop() {
        let Some((key, _)) = node.pairs().next() else { continue };
        // In the old tree the same node can only stand where its keys belong.
        let mut there = old.root();
        while let Some(other) = there.take_if(|other| other.identity() != node.identity()) {
            let (first, last) = (other.pairs().next(), other.pairs().last());
            there = match (first, last) {
                (Some((first, _)), _) if key < first => other.left(),
                (_, Some((last, _))) if key > last => other.right(),
                _ => None,
            };
        }
        if there.is_some() {
            shared.insert(node.identity());
        } else {
            fresh.extend(node.pairs());
            ahead.extend(node.left());
            ahead.extend(node.right());
        }
    }
    (fresh, shared)
}

/// The rows of all nodes above the shared ones.
fn down_to<'m, K: Ord + Clone, V: Row, const N: usize>(
    shared: &HashSet<usize>,
    old: &'m Map<K, V, N>,
) -> Found<'m, K, V> {
    let mut stale = Vec::new();
    let mut ahead: Vec<_> = old.root().into_iter().collect();
    while let Some(node) = ahead.pop() {
        if !shared.contains(&node.identity()) {
            stale.extend(node.pairs());
            ahead.extend(node.left());
            ahead.extend(node.right());
        }
    }
    stale
}

#[cfg(test)]
mod tests {
    use super::{difference, difference_of_rows};
    use crate::persistent::MapS;
    use crate::rows::Rows;
    use proptest::prelude::*;
    use std::sync::Arc;

    proptest! {
        #[test]
        fn the_difference_of_rows_laid_over_the_old_ones_is_the_new_ones(
            start in 0_u64..100, added in 0_u64..100, others in prop::collection::vec((0_u64..200, any::<bool>()), 0..20),
        ) {
            let mut old = Rows::default();
            (0..start).for_each(|number| old.put(number, Arc::new(number)));
            let mut new = old.clone();
            (start..start + added).for_each(|number| new.put(number, Arc::new(number)));
            for (number, stays) in &others {
                if *stays {
                    new.change(*number, |row| *row = Arc::new(1_000 + *number));
                } else {
                    new.remove(*number);
                }
            }
            let found = difference_of_rows(&old, &new);
            let mut laid = old.clone();
            for (number, row) in &found.put {
                laid.put(**number, Arc::clone(row));
            }
            for number in &found.gone {
                laid.remove(**number);
            }
            let all = |rows: &Rows<u64>| rows.iter().map(Arc::as_ptr).collect::<Vec<_>>();
            prop_assert_eq!(all(&laid), all(&new));
            prop_assert!(found.put.len() as u64 <= added + others.len() as u64, "no more than was changed");
        }

        #[test]
        fn the_difference_laid_over_the_old_map_is_the_new_one(
            start in prop::collection::btree_map(0_u16..600, 0_u8..4, 0..400),
            changes in prop::collection::vec((0_u16..600, prop::option::of(0_u8..4)), 0..60),
        ) {
            let old: MapS<u16, Arc<u8>> = start.into_iter().map(|(key, row)| (key, Arc::new(row))).collect();
            let mut new = old.clone();
            for (key, row) in changes {
                match row {
                    Some(row) => drop(new.insert_cow(key, Arc::new(row))),
                    None => drop(new.remove_cow(&key)),
                }
            }
            let found = difference(&old, &new);
            let mut laid = old.clone();
            for (key, row) in &found.put {
                laid.insert_cow(**key, Arc::clone(row));
            }
            for key in found.gone {
                laid.remove_cow(key);
            }
            prop_assert!(laid == new);
        }
    }

    #[test]
    fn one_change_among_many_is_one_row() {
        let old: MapS<u32, Arc<u32>> = (0..50_000).map(|number| (number, Arc::new(number))).collect();
        let mut new = old.clone();
        new.insert_cow(25_000, Arc::new(7));
        new.remove_cow(&3);
        let found = difference(&old, &new);
        assert_eq!((found.put, found.gone), (vec![(&25_000, &Arc::new(7))], vec![&3]));
        assert_eq!(difference(&new, &new.clone()).put, vec![]);
    }
}

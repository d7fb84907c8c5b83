//! Persistent maps and sets: cloning costs nothing, and clones are independent.

use immutable_chunkmap::{map, set};

/// Keys in one node. A change copies the nodes on its way, so few is fast where one key changes at a
/// time; the library's own sizes (256 and up) are for changing many at once.
const NODE: usize = 16;

/// A persistent map.
pub type MapS<K, V> = map::Map<K, V, NODE>;
/// A persistent set.
pub type SetS<K> = set::Set<K, NODE>;

/// The rows of a map from a key on, in order. The library's own `range` looks at every node.
pub fn from_key<K: Ord + Clone, V: Clone>(map: &MapS<K, V>, key: K) -> impl Iterator<Item = (&K, &V)> {
    // Nodes whose own rows and right side are still to come, the next one last.
    let mut ahead = Vec::new();
    let mut at = map.root();
    while let Some(node) = at {
        if node.pairs().last().is_some_and(|(last, _)| *last < key) {
            at = node.right();
        } else {
            at = node.left();
            ahead.push(node);
        }
    }
    let mut rows = Vec::new().into_iter();
    std::iter::from_fn(move || {
        loop {
            if let Some(row) = rows.next() {
                return Some(row);
            }
            let node = ahead.pop()?;
            let here: Vec<_> = node.pairs().filter(|(own, _)| **own >= key).collect();
            rows = here.into_iter();
            let mut at = node.right();
            while let Some(node) = at {
                at = node.left();
                ahead.push(node);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{MapS, from_key};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn rows_come_from_the_key_on_in_order(
            rows in prop::collection::btree_map(0_u16..2_000, 0_u8..9, 0..500), key in 0_u16..2_100,
        ) {
            let map: MapS<u16, u8> = rows.iter().map(|(key, row)| (*key, *row)).collect();
            let found: Vec<(u16, u8)> = from_key(&map, key).map(|(key, row)| (*key, *row)).collect();
            let wanted: Vec<(u16, u8)> = BTreeMap::range(&rows, key..).map(|(key, row)| (*key, *row)).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}

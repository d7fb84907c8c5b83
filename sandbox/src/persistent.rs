//! Persistent maps and sets: cloning costs nothing, and clones are independent.

use immutable_chunkmap::{map, set};

/// Keys in one node. A change copies the nodes on its way, so few is fast where one key changes at a
/// time; the library's own sizes (256 and up) are for changing many at once.
const NODE: usize = 16;

/// A persistent map.
pub type MapS<K, V> = map::Map<K, V, NODE>;
/// A persistent set.
pub type SetS<K> = set::Set<K, NODE>;

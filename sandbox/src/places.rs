//! Where what has an id stands, by the id's hash.
//!
//! Numbers in place of texts: a change copies the nodes on its way, and these touch nothing outside.
//! Who asks says whether the place is the right one, so two ids with one hash are never mixed up.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::persistent::MapS;

/// How many are kept apart before they go into the map.
const RECENT: usize = 64;

/// Places by id. Cloning costs nothing.
///
/// The hashes are all over the map, so each new one copies a way of nodes to itself. The last few are
/// kept in a list, which is copied in one piece, and go into the map together: together they share
/// most of their ways.
#[derive(Debug, Clone, Default)]
pub struct Places {
    map: MapS<u64, u64>,
    recent: Arc<Vec<(u64, u64)>>,
}

impl Places {
    /// The place of an id; `is_its` says whether what stands at a place has it.
    pub fn find(&self, id: &str, is_its: impl Fn(u64) -> bool) -> Option<u64> {
        self.taken(id).map(|(_, place)| place).find(|place| is_its(*place))
    }

    /// Notes the place of an id that has none.
    pub fn insert(&mut self, id: &str, place: u64) {
        let last = self.taken(id).last();
        let free = last.map_or_else(|| hash(id), |(slot, _)| slot.wrapping_add(1));
        let mut recent = Vec::with_capacity(RECENT);
        recent.extend_from_slice(&self.recent);
        recent.push((free, place));
        self.recent = Arc::new(recent);
        if self.recent.len() >= RECENT {
            self.settle();
        }
    }

    /// Forgets the place of an id. One with the same hash that came later is forgotten with it: with
    /// 64 bits that takes thousands of millions of ids.
    pub fn remove(&mut self, id: &str, place: u64) {
        let slot = self.taken(id).find(|(_, taken)| *taken == place);
        if let Some((slot, _)) = slot {
            self.settle();
            self.map.remove_cow(&slot);
        }
    }

    /// The recent ones go into the map.
    fn settle(&mut self) {
        let recent = std::mem::take(&mut self.recent);
        for (slot, place) in recent.iter() {
            self.map.insert_cow(*slot, *place);
        }
    }

    /// The slots from an id's hash on that are taken.
    fn taken(&self, id: &str) -> impl Iterator<Item = (u64, u64)> {
        let first = hash(id);
        (0..).map_while(move |step| {
            let slot = first.wrapping_add(step);
            self.at(slot).map(|place| (slot, place))
        })
    }

    fn at(&self, slot: u64) -> Option<u64> {
        let recent = self.recent.iter().find(|(own, _)| *own == slot);
        recent.map(|(_, place)| *place).or_else(|| self.map.get(&slot).copied())
    }
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Places, hash};

    #[test]
    fn ids_are_found_and_those_of_one_hash_are_told_apart() {
        let mut places = Places::default();
        places.insert("cus_1", 1);
        places.insert("cus_2", 2);
        assert_eq!(places.find("cus_2", |place| place == 2), Some(2));
        assert_eq!(places.find("cus_3", |_| true), None);
        // Another id that has, as it were, the hash of the first.
        places.map.insert_cow(hash("cus_1").wrapping_add(1), 3);
        assert_eq!(places.find("cus_1", |place| place == 3), Some(3));
        assert_eq!(places.find("cus_1", |place| place == 1), Some(1));
        places.insert("cus_1", 4);
        assert_eq!(places.find("cus_1", |place| place == 4), Some(4));
        places.remove("cus_1", 4);
        assert_eq!(places.find("cus_1", |place| place == 4), None);
        assert_eq!(places.find("cus_1", |place| place == 1), Some(1));
    }

    #[test]
    fn many_are_found_after_they_were_settled_and_a_clone_does_not_see_later_ones() {
        let mut places = Places::default();
        let id = |n: u64| format!("cus_{n}");
        for n in 0..1000 {
            places.insert(&id(n), n);
        }
        let before = places.clone();
        for n in 1000..1100 {
            places.insert(&id(n), n);
        }
        places.remove(&id(7), 7);
        let has = |places: &Places, n: u64| places.find(&id(n), |place| place == n) == Some(n);
        assert!((0..1000).all(|n| has(&before, n)) && !(1000..1100).any(|n| has(&before, n)));
        assert!((0..1100).all(|n| has(&places, n) == (n != 7)));
    }
}

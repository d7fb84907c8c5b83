//! Where what has an id stands, by the id's hash.
//!
//! Numbers in place of texts: a change copies the nodes on its way, and these touch nothing outside.
//! Who asks says whether the place is the right one, so two ids with one hash are never mixed up.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::persistent::MapS;

/// Places by id. Cloning costs nothing.
#[derive(Debug, Clone, Default)]
pub struct Places(MapS<u64, u64>);

impl Places {
    /// The place of an id; `is_its` says whether what stands at a place has it.
    pub fn find(&self, id: &str, is_its: impl Fn(u64) -> bool) -> Option<u64> {
        self.taken(id).map(|(_, place)| place).find(|place| is_its(*place))
    }

    /// Notes the place of an id that has none.
    pub fn insert(&mut self, id: &str, place: u64) {
        let last = self.taken(id).last();
        let free = last.map_or_else(|| hash(id), |(slot, _)| slot.wrapping_add(1));
        self.0.insert_cow(free, place);
    }

    /// Forgets the place of an id. One with the same hash that came later is forgotten with it: with
    /// 64 bits that takes thousands of millions of ids.
    pub fn remove(&mut self, id: &str, place: u64) {
        let slot = self.taken(id).find(|(_, taken)| *taken == place);
        if let Some((slot, _)) = slot {
            self.0.remove_cow(&slot);
        }
    }

    /// The slots from an id's hash on that are taken.
    fn taken(&self, id: &str) -> impl Iterator<Item = (u64, u64)> {
        let first = hash(id);
        (0..).map_while(move |step| {
            let slot = first.wrapping_add(step);
            self.0.get(&slot).map(|place| (slot, *place))
        })
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
        places.0.insert_cow(hash("cus_1").wrapping_add(1), 3);
        assert_eq!(places.find("cus_1", |place| place == 3), Some(3));
        assert_eq!(places.find("cus_1", |place| place == 1), Some(1));
        places.insert("cus_1", 4);
        assert_eq!(places.find("cus_1", |place| place == 4), Some(4));
        places.remove("cus_1", 4);
        assert_eq!(places.find("cus_1", |place| place == 4), None);
        assert_eq!(places.find("cus_1", |place| place == 1), Some(1));
    }
}

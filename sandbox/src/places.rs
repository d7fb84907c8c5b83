//! Where what has an id stands, by the id's hash.
//!
//! Who asks says whether a place is the right one, so two ids with one hash are never mixed up, and what is
//! gone is not found though its place is still noted.
//!
//! The hashes come in no order, and a tree would copy a way of its nodes to each. So they stand as in a
//! log-structured merge tree: the last few in a list as they came, the others in sorted runs, each several
//! times as long as the next, which are merged as they grow and never changed.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// How many stand in the list.
const RECENT: usize = 64;
/// How many times as long as the next a run is at least. Looking goes through few runs then, and noting
/// writes each place some dozen times.
const RATIO: usize = 8;

/// A hash, and a place.
type Note = (u64, u64);

/// Places by id. Cloning costs nothing, and clones are independent.
#[derive(Debug, Clone, Default)]
pub struct Places {
    recent: Arc<Vec<Note>>,
    /// The longest first.
    runs: Arc<Vec<Arc<[Note]>>>,
    /// Nothing stands at lower places any more.
    least: u64,
}

impl Places {
    /// The place of an id; `is_its` says whether what stands at a place has it.
    pub fn find(&self, id: &str, is_its: impl Fn(u64) -> bool) -> Option<u64> {
        let hash = hash(id);
        let recent = self.recent.iter().filter(|(own, _)| *own == hash);
        let settled = self.runs.iter().flat_map(|run| {
            let from = run.partition_point(|(own, _)| *own < hash);
            run[from..].iter().take_while(move |(own, _)| *own == hash)
        });
        recent.chain(settled).map(|(_, place)| *place).find(|place| is_its(*place))
    }

    /// Notes the place of an id that has none.
    pub fn insert(&mut self, id: &str, place: u64) {
        // Copied in one piece: as a rule another clone has it as well.
        let mut recent = Vec::with_capacity(RECENT);
        recent.extend_from_slice(&self.recent);
        recent.push((hash(id), place));
        if recent.len() < RECENT {
            self.recent = Arc::new(recent);
        } else {
            self.settle(recent);
        }
    }

    /// Nothing stands below a place any more: what is noted of it goes when its run is merged.
    pub fn forget_below(&mut self, least: u64) {
        self.least = least;
    }

    fn settle(&mut self, mut run: Vec<Note>) {
        run.sort_unstable();
        self.recent = Arc::default();
        let mut runs = Vec::clone(&self.runs);
        while let Some(longer) = runs.pop_if(|longer| longer.len() < run.len() * RATIO) {
            run = merged(&longer, &run);
            run.retain(|(_, place)| *place >= self.least);
        }
        runs.push(run.into());
        self.runs = Arc::new(runs);
    }
}

fn merged(one: &[Note], other: &[Note]) -> Vec<Note> {
    let mut all = Vec::with_capacity(one.len() + other.len());
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    while let (Some(a), Some(b)) = (one.peek(), other.peek()) {
        all.extend(if a <= b { one.next() } else { other.next() });
    }
    all.extend(one.chain(other));
    all
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::{Places, hash};

    fn id(n: u64) -> String {
        format!("cus_{n}")
    }

    fn has(places: &Places, n: u64) -> bool {
        places.find(&id(n), |place| place == n) == Some(n)
    }

    #[test]
    fn ids_of_one_hash_are_told_apart() {
        let mut places = Places::default();
        places.insert("cus_1", 1);
        places.insert("cus_2", 2);
        assert_eq!(places.find("cus_2", |place| place == 2), Some(2));
        assert_eq!(places.find("cus_3", |_| true), None);
        // Others that have, as it were, the hash of the first: in a run and in the list.
        places.settle(vec![(hash("cus_1"), 3)]);
        places.insert("cus_1", 4);
        for n in [3, 4] {
            assert_eq!(places.find("cus_1", |place| place == n), Some(n));
        }
        assert_eq!(places.find("cus_1", |place| place == 5), None);
    }

    proptest! {
        #[test]
        fn all_are_found_and_clones_do_not_see_later_ones(first in 0_u64..3_000, more in 0_u64..300) {
            let mut places = Places::default();
            (0..first).for_each(|n| places.insert(&id(n), n));
            let before = places.clone();
            (first..first + more).for_each(|n| places.insert(&id(n), n));
            prop_assert!((0..first).all(|n| has(&before, n)) && !(first..first + more).any(|n| has(&before, n)));
            prop_assert!((0..first + more).all(|n| has(&places, n)) && !has(&places, first + more));
        }
    }

    #[test]
    fn what_is_gone_takes_no_room_for_long() {
        let mut places = Places::default();
        for n in 0..100_000_u64 {
            places.insert(&id(n), n);
            places.forget_below(n.saturating_sub(1_000));
        }
        assert!((99_000..100_000).all(|n| has(&places, n)));
        let noted: usize = places.runs.iter().map(|run| run.len()).sum();
        assert!(
            noted < 10_000 && places.runs.len() < 6,
            "{noted}: {:?}",
            places.runs.iter().map(|run| run.len()).collect::<Vec<_>>()
        );
        assert_eq!(Arc::strong_count(&places.runs), 1);
    }
}

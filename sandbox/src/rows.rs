//! Rows under numbers that grow: persistent as [`MapS`], and quick to add to.
//!
//! A change of a persistent map copies the nodes on its way and counts every row in them once more, and
//! those lie all over the memory. So the last few rows stand in a list of their own, which is copied in one
//! piece and was just used; they go into the map together, and share most of their way there.

use std::sync::Arc;

use crate::persistent::{MapS, from_key};

/// How many stand in the list.
const RECENT: usize = 32;

/// Rows by number. Cloning costs nothing, and clones are independent.
#[derive(Debug)]
pub struct Rows<V> {
    pub(crate) settled: MapS<u64, Arc<V>>,
    /// In order; all of their numbers are larger than those of the settled ones.
    pub(crate) recent: Arc<Vec<(u64, Arc<V>)>>,
    /// No settled row has this number, or a larger one.
    above: u64,
}

impl<V> Clone for Rows<V> {
    fn clone(&self) -> Self {
        Self { settled: self.settled.clone(), recent: Arc::clone(&self.recent), above: self.above }
    }
}

impl<V> Default for Rows<V> {
    fn default() -> Self {
        Self { settled: MapS::new(), recent: Arc::default(), above: 0 }
    }
}

impl<V> Rows<V> {
    pub fn get(&self, number: u64) -> Option<&Arc<V>> {
        if number < self.above {
            return self.settled.get(&number);
        }
        self.recent.get(self.place(number).ok()?).map(|(_, row)| row)
    }

    /// Adds a row, or puts it in the place of the one that had its number.
    pub fn put(&mut self, number: u64, row: Arc<V>) {
        if number < self.above {
            self.settled.insert_cow(number, row);
            return;
        }
        let place = self.place(number);
        let recent = self.own_recent();
        match place {
            Ok(place) => recent[place].1 = row,
            Err(place) => recent.insert(place, (number, row)),
        }
        if recent.len() >= RECENT {
            self.settle();
        }
    }

    pub fn remove(&mut self, number: u64) {
        if number < self.above {
            self.settled.remove_cow(&number);
        } else if let Ok(place) = self.place(number) {
            self.own_recent().remove(place);
        }
    }

    /// Changes a row in its place.
    pub fn change(&mut self, number: u64, change: impl FnOnce(&mut Arc<V>)) {
        if number < self.above {
            self.settled.get_mut_cow(&number).map(change);
        } else if let Ok(place) = self.place(number) {
            change(&mut self.own_recent()[place].1);
        }
    }

    /// All rows, in the order of their numbers.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<V>> {
        self.settled.into_iter().map(|(_, row)| row).chain(self.recent.iter().map(|(_, row)| row))
    }

    /// The rows from a number on, in order.
    pub fn from(&self, number: u64) -> impl Iterator<Item = &Arc<V>> {
        let settled = (number < self.above).then(|| from_key(&self.settled, number));
        let recent = self.recent.iter().skip_while(move |(own, _)| *own < number);
        settled.into_iter().flatten().map(|(_, row)| row).chain(recent.map(|(_, row)| row))
    }

    fn place(&self, number: u64) -> Result<usize, usize> {
        self.recent.binary_search_by_key(&number, |(own, _)| *own)
    }

    /// The list, copied unless it is this clone's alone, with room for one more.
    fn own_recent(&mut self) -> &mut Vec<(u64, Arc<V>)> {
        if Arc::get_mut(&mut self.recent).is_none() {
            let mut own = Vec::with_capacity(RECENT);
            own.extend(self.recent.iter().map(|(number, row)| (*number, Arc::clone(row))));
            self.recent = Arc::new(own);
        }
        // It is this clone's alone by now, so nothing is copied here.
        Arc::make_mut(&mut self.recent)
    }

    fn settle(&mut self) {
        for (number, row) in std::mem::take(self.own_recent()) {
            self.above = number + 1;
            self.settled.insert_cow(number, row);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Act {
        Add(u8),
        Put(u64, u8),
        Change(u64, u8),
        Remove(u64),
        Clone,
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            8 => any::<u8>().prop_map(Act::Add),
            1 => (0_u64..200, any::<u8>()).prop_map(|(number, row)| Act::Put(number, row)),
            1 => (0_u64..200, any::<u8>()).prop_map(|(number, row)| Act::Change(number, row)),
            1 => (0_u64..200).prop_map(Act::Remove),
            1 => Just(Act::Clone),
        ]
    }

    proptest! {
        #[test]
        fn they_are_a_map_and_its_clones_stay_as_they_were(acts in prop::collection::vec(act(), 0..300)) {
            let (mut rows, mut model) = (Rows::default(), BTreeMap::new());
            let mut kept: Vec<(Rows<u8>, BTreeMap<u64, u8>)> = Vec::new();
            let mut next = 0;
            for act in acts {
                match act {
                    Act::Add(row) => {
                        rows.put(next, Arc::new(row));
                        model.insert(next, row);
                        next += 1;
                    }
                    Act::Put(number, row) => {
                        rows.put(number, Arc::new(row));
                        model.insert(number, row);
                        next = next.max(number + 1);
                    }
                    Act::Change(number, row) => {
                        rows.change(number, |old| *old = Arc::new(row));
                        model.entry(number).and_modify(|old| *old = row);
                    }
                    Act::Remove(number) => {
                        rows.remove(number);
                        model.remove(&number);
                    }
                    Act::Clone => kept.push((rows.clone(), model.clone())),
                }
            }
            kept.push((rows, model));
            for (rows, model) in kept {
                let all = |rows: &Rows<u8>| rows.iter().map(|row| **row).collect::<Vec<u8>>();
                prop_assert_eq!(all(&rows), model.values().copied().collect::<Vec<_>>());
                let back: Vec<u8> = rows.iter().rev().map(|row| **row).collect();
                prop_assert_eq!(back, model.values().rev().copied().collect::<Vec<_>>());
                for number in 0..next + 2 {
                    prop_assert_eq!(rows.get(number).map(|row| **row), model.get(&number).copied());
                    let from: Vec<u8> = rows.from(number).map(|row| **row).collect();
                    prop_assert_eq!(from, model.range(number..).map(|(_, row)| *row).collect::<Vec<_>>());
                }
            }
        }
    }
}

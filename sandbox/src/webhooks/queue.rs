//! All deliveries: what waits, what was held back, what became of the rest.
//!
//! What must hold: a delivery that is not over is never dropped; each target's deliveries are
//! handed out by the time they are due and, among those due together, by their turn; one that is
//! in flight is not handed out again. What is in flight is not saved: after a `kill -9` it is sent
//! again, so a receiver may get an event twice, as with Stripe.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::persistent::MapS;
use serde::{Deserialize, Serialize};

use super::backoff::Schedule;
use super::delivery::{Attempt, Delivery, State};
use super::mishap::{Mishap, MishapKind};

/// How many deliveries that are over are remembered; older ones are dropped.
pub const KEPT: usize = 20_000;

/// What is saved: cheap to copy.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Kept {
    pub made: u64,
    pub turns: u64,
    pub rows: MapS<u64, Arc<Delivery>>,
}

/// All deliveries.
#[derive(Debug, Default)]
pub struct Deliveries {
    kept: Kept,
    /// Of each target, those waiting: due, turn, number.
    waiting: HashMap<String, BTreeSet<(i64, u64, u64)>>,
    held: BTreeMap<String, Vec<u64>>,
    in_flight: HashSet<u64>,
    /// How many counted deliveries of an event are not over.
    pending: HashMap<String, u64>,
    over: BTreeSet<u64>,
}

/// What is known of a delivery before it is made.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    pub event: &'a str,
    pub event_type: &'a str,
    pub target: &'a str,
    pub counts: bool,
}

impl Deliveries {
    /// From what was saved: what was in flight waits again, what was held is still held.
    pub fn from_rows(kept: Kept) -> Self {
        let mut all = Self { kept, ..Self::default() };
        let rows: Vec<Arc<Delivery>> = all.kept.rows.into_iter().map(|(_, row)| Arc::clone(row)).collect();
        for row in rows {
            all.index(&row);
        }
        all
    }

    /// What is to be saved.
    pub fn rows(&self) -> &Kept {
        &self.kept
    }

    /// Makes a delivery, or several when the mishap wants copies, due at `now`. Returns the numbers.
    pub fn add(&mut self, order: Order<'_>, mishap: Option<Mishap>, now: i64) -> Vec<u64> {
        let kind = mishap.as_ref().map(|mishap| mishap.kind);
        let number = mishap.as_ref().map_or(0, Mishap::number);
        let batch = usize::try_from(number).unwrap_or(usize::MAX);
        let copies = if kind == Some(MishapKind::Duplicate) { number } else { 1 };
        let due = if kind == Some(MishapKind::Delay) { now.saturating_add(number) } else { now };
        let state = if kind == Some(MishapKind::Reorder) { State::Held } else { State::Waiting };
        let mut ids = Vec::new();
        for copy in 0..copies {
            self.kept.made += 1;
            let delivery = Delivery {
                id: self.kept.made,
                event: order.event.to_owned(),
                event_type: order.event_type.to_owned(),
                target: order.target.to_owned(),
                state,
                due,
                turn: self.turn(),
                counts: order.counts && copy == 0,
                mishap: mishap.clone(),
                attempts: Vec::new(),
            };
            ids.push(delivery.id);
            self.put(delivery);
        }
        if state == State::Held && self.held.get(order.target).is_some_and(|held| held.len() >= batch) {
            self.release(order.target, now);
        }
        ids
    }

    /// Lets go what `reorder` held for a target, newest first.
    pub fn release(&mut self, target: &str, now: i64) {
        for id in self.held.remove(target).unwrap_or_default().into_iter().rev() {
            let turn = self.turn();
            self.change(id, |row| (row.state, row.due, row.turn) = (State::Waiting, now, turn));
        }
    }

    /// The targets for which something is held.
    pub fn holding(&self) -> Vec<String> {
        self.held.keys().cloned().collect()
    }

    /// Takes out what is due at `now`, at most so many in flight for each target, and none with a
    /// number above `last`. Each must come back by [`Self::finish`].
    pub fn take(&mut self, now: i64, at_once: usize, last: u64) -> Vec<Arc<Delivery>> {
        let mut taken = Vec::new();
        for (target, waiting) in &mut self.waiting {
            let rows = &self.kept.rows;
            let flying = self.in_flight.iter().filter(|id| rows.get(*id).is_some_and(|row| row.target == *target));
            let mut free = at_once.saturating_sub(flying.count());
            while free > 0 && waiting.first().is_some_and(|(due, _, id)| *due <= now && *id <= last) {
                let Some((_, _, id)) = waiting.pop_first() else { break };
                taken.extend(self.kept.rows.get(&id).cloned());
                free -= 1;
            }
        }
        self.in_flight.extend(taken.iter().map(|row| row.id));
        taken
    }

    /// Brings back a delivery that was taken.
    pub fn finish(&mut self, id: u64, attempt: Attempt, schedule: &Schedule) {
        if self.in_flight.remove(&id) {
            self.change(id, |row| row.note(attempt, schedule));
        }
    }

    /// Gives up what waits for a target that is gone, and returns the events it was about.
    pub fn give_up(&mut self, target: &str) -> Vec<String> {
        self.held.remove(target);
        let waiting = self.unfinished().filter(|row| row.target == target);
        let (ids, events): (Vec<u64>, Vec<String>) = waiting.map(|row| (row.id, row.event.clone())).unzip();
        for id in ids {
            self.in_flight.remove(&id);
            self.change(id, |row| row.state = State::Failed);
        }
        events
    }

    /// Makes everything that waits due at `now`.
    pub fn hurry(&mut self, now: i64) -> usize {
        let ids: Vec<u64> =
            self.unfinished().filter(|row| row.state == State::Waiting && row.due > now).map(|row| row.id).collect();
        for id in &ids {
            self.change(*id, |row| row.due = now);
        }
        ids.len()
    }

    /// The targets for which something waits.
    pub fn targets(&self) -> Vec<String> {
        let waiting = self.waiting.iter().filter(|(_, waiting)| !waiting.is_empty());
        waiting.map(|(target, _)| target.clone()).chain(self.holding()).collect()
    }

    /// When the next one is due, unless nothing waits.
    pub fn next_due(&self) -> Option<i64> {
        self.waiting.values().filter_map(|waiting| waiting.first().map(|first| first.0)).min()
    }

    /// Whether nothing waits, is held or in flight.
    pub fn is_idle(&self) -> bool {
        self.over.len() == self.kept.rows.len()
    }

    /// An event's `pending_webhooks`.
    pub fn pending(&self, event: &str) -> u64 {
        self.pending.get(event).copied().unwrap_or(0)
    }

    /// One delivery.
    pub fn get(&self, id: u64) -> Option<&Arc<Delivery>> {
        self.kept.rows.get(&id)
    }

    /// All that are remembered, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Arc<Delivery>> {
        self.kept.rows.into_iter().rev().map(|(_, row)| row)
    }

    fn unfinished(&self) -> impl Iterator<Item = &Arc<Delivery>> {
        self.kept.rows.into_iter().map(|(_, row)| row).filter(|row| !row.is_over())
    }

    fn turn(&mut self) -> u64 {
        self.kept.turns += 1;
        self.kept.turns
    }

    fn change(&mut self, id: u64, change: impl FnOnce(&mut Delivery)) {
        let Some(old) = self.kept.rows.get(&id).cloned() else { return };
        self.unindex(&old);
        let mut row = Arc::unwrap_or_clone(old);
        change(&mut row);
        self.put(row);
    }

    fn put(&mut self, row: Delivery) {
        let row = Arc::new(row);
        self.index(&row);
        self.kept.rows.insert_cow(row.id, row);
        while self.over.len() > KEPT {
            let Some(oldest) = self.over.pop_first() else { break };
            self.kept.rows.remove_cow(&oldest);
        }
    }

    fn index(&mut self, row: &Delivery) {
        if row.is_over() {
            self.over.insert(row.id);
            return;
        }
        if row.counts {
            *self.pending.entry(row.event.clone()).or_default() += 1;
        }
        if row.state == State::Held {
            self.held.entry(row.target.clone()).or_default().push(row.id);
        } else if !self.in_flight.contains(&row.id) {
            self.waiting.entry(row.target.clone()).or_default().insert((row.due, row.turn, row.id));
        }
    }

    fn unindex(&mut self, row: &Delivery) {
        if row.counts
            && !row.is_over()
            && let Some(count) = self.pending.get_mut(&row.event)
        {
            *count -= 1;
            if *count == 0 {
                self.pending.remove(&row.event);
            }
        }
        if let Some(waiting) = self.waiting.get_mut(&row.target) {
            waiting.remove(&(row.due, row.turn, row.id));
        }
    }
}

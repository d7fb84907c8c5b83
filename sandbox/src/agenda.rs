//! What is to happen, and when.
//!
//! An entry is a deed to be done to an object, at most one of each deed per object. Entries of
//! one clock are done in the order of their time; at the same second in the order of [`Deed`].

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::persistent::{MapS, from_key};
use crate::state::{Table, as_any, write_map_changes};

/// What is to be done. The order counts: what ends or changes a subscription comes before what
/// renews it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Say that a trial ends in three days.
    TrialWillEnd,
    /// End a subscription at its `cancel_at`.
    CancelAt,
    /// Begin the next phase of a schedule, or end it.
    SchedulePhase,
    /// End `pause_collection` at its `resumes_at`.
    ResumeCollection,
    /// End a trial.
    TrialEnd,
    /// Begin a subscription's next period.
    PeriodEnd,
    /// Give up a subscription whose first invoice was not paid.
    IncompleteExpiry,
    /// Give up the invoice of a resumption that was not paid.
    ResumptionExpiry,
    /// Finalize a draft invoice, and collect it.
    Finalize,
    /// Try again to collect an invoice.
    Retry,
    /// Note that a sent invoice was not paid in time.
    Overdue,
    /// Expire a checkout session.
    CheckoutExpiry,
}

/// An entry. The fields' order is the order of work.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Due {
    /// The test clock, or empty for the sandbox's own time.
    pub clock: Arc<str>,
    pub at: i64,
    pub deed: Deed,
    /// The object's id.
    pub id: Arc<str>,
}

/// All entries. Cloning costs nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Due>", into = "Vec<Due>")]
pub struct Agenda {
    entries: MapS<Due, ()>,
    places: MapS<(Arc<str>, Deed), Due>,
}

impl Agenda {
    /// Enters a deed for an object, or moves it; without a time it is taken off.
    pub fn set(&mut self, clock: Option<&str>, deed: Deed, id: &str, at: Option<i64>) {
        let place = (Arc::<str>::from(id), deed);
        if let Some(old) = self.places.get(&place) {
            if Some(old.at) == at {
                return;
            }
            let old = old.clone();
            self.entries.remove_cow(&old);
            self.places.remove_cow(&place);
        }
        if let Some(at) = at {
            self.insert(Due { clock: clock.unwrap_or_default().into(), at, deed, id: id.into() });
        }
    }

    fn insert(&mut self, due: Due) {
        self.places.insert_cow((Arc::clone(&due.id), due.deed), due.clone());
        self.entries.insert_cow(due, ());
    }

    /// When a deed is due for an object, if it is.
    pub fn when(&self, deed: Deed, id: &str) -> Option<i64> {
        self.places.get(&(Arc::<str>::from(id), deed)).map(|due| due.at)
    }

    /// Takes off and returns the first entry of a clock that is due by `to`.
    pub fn take(&mut self, clock: Option<&str>, to: i64) -> Option<Due> {
        let due = self.first(clock, to)?.clone();
        self.set(None, due.deed, &due.id, None);
        Some(due)
    }

    /// Whether a clock has an entry that is due by `to`.
    pub fn is_due(&self, clock: Option<&str>, to: i64) -> bool {
        self.first(clock, to).is_some()
    }

    fn first(&self, clock: Option<&str>, to: i64) -> Option<&Due> {
        if self.entries.len() == 0 {
            return None;
        }
        let clock = clock.unwrap_or_default();
        let start = Due { clock: clock.into(), at: i64::MIN, deed: Deed::TrialWillEnd, id: "".into() };
        let (first, ()) = from_key(&self.entries, start).next()?;
        (*first.clock == *clock && first.at <= to).then_some(first)
    }

    /// Everything of a clock, in the order it will be done.
    pub fn of_clock(&self, clock: Option<&str>) -> impl Iterator<Item = &Due> {
        let clock: Arc<str> = clock.unwrap_or_default().into();
        self.entries.into_iter().map(|(due, ())| due).filter(move |due| due.clock == clock)
    }
}

impl Table for Agenda {
    fn write_changes(&self, old: &dyn Table, into: &mut Vec<u8>) -> serde_json::Result<()> {
        write_map_changes(as_any::<Self>(old).map(|old| &old.places), &self.places, into)
    }

    fn lay(&mut self, _: Value, row: Value) -> serde_json::Result<()> {
        self.insert(serde_json::from_value(row)?);
        Ok(())
    }

    fn empty(&mut self) {
        *self = Self::default();
    }
}

impl From<Vec<Due>> for Agenda {
    fn from(entries: Vec<Due>) -> Self {
        let mut agenda = Self::default();
        for due in entries {
            agenda.insert(due);
        }
        agenda
    }
}

impl From<Agenda> for Vec<Due> {
    fn from(agenda: Agenda) -> Self {
        agenda.entries.into_iter().map(|(due, ())| due.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Agenda, Deed};

    #[test]
    fn entries_come_in_order_once_and_per_clock() {
        let mut agenda = Agenda::default();
        agenda.set(None, Deed::PeriodEnd, "sub_1", Some(20));
        agenda.set(None, Deed::PeriodEnd, "sub_1", Some(10));
        agenda.set(None, Deed::CancelAt, "sub_1", Some(10));
        agenda.set(Some("clock_1"), Deed::Retry, "in_1", Some(5));
        agenda.set(None, Deed::Retry, "in_2", Some(1));
        agenda.set(None, Deed::Retry, "in_2", None);
        let mut taken = |clock, to| agenda.take(clock, to).map(|due| (due.deed, due.at));
        assert_eq!(taken(None, 9), None);
        assert_eq!(taken(None, 10), Some((Deed::CancelAt, 10)));
        assert_eq!(taken(None, 99), Some((Deed::PeriodEnd, 10)));
        assert_eq!(taken(None, 99), None);
        assert_eq!(taken(Some("clock_1"), 99), Some((Deed::Retry, 5)));
    }
}

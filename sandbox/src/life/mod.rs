//! What time and requests do to subscriptions.
//!
//! The API and the hosted pages both come here: [`subscribe`], [`change`], [`cancel`],
//! [`resume`], [`pay_invoice`]. Each makes its events and keeps the agenda true.

pub mod billing;
pub mod cancel;
pub mod change;
pub mod dunning;
pub mod forecast;
pub mod items;
pub mod pause;
pub mod pay;
pub mod period;
pub mod proration;
pub mod renewal;
pub mod schedule;
pub mod subscribe;
pub mod suspend;
pub mod timetable;

use crate::agenda::{Deed, Due};
use crate::books::Books;
use crate::objects::checkout_session;

/// Does what is due on a clock by `to`, in order, each at its own time, and what follows from
/// it; at most `most` entries. True when nothing is left and the clock stands at `to`.
pub fn run_until(books: &mut Books, clock: Option<&str>, to: i64, most: usize) -> bool {
    for _ in 0..most {
        let Some(due) = books.agenda.take(clock, to) else {
            books.set_now(clock, to);
            return true;
        };
        books.set_now(clock, due.at);
        // Who is to blame if it panics.
        books.moment.deed = Some(due.clone());
        perform(books, &due);
        books.moment.deed = None;
    }
    false
}

/// The object whose deeds panic, in tests of what then happens. No program has it.
#[cfg(test)]
pub const PLANTED: &str = "cs_planted";

fn perform(books: &mut Books, due: &Due) {
    #[cfg(test)]
    assert_ne!(&*due.id, PLANTED, "planted by a test");
    match due.deed {
        Deed::TrialWillEnd => renewal::trial_will_end(books, &due.id),
        Deed::CancelAt => cancel::cancel_due(books, &due.id),
        Deed::SchedulePhase => schedule::phase_due(books, &due.id),
        Deed::ResumeCollection => renewal::resume_collection(books, &due.id),
        Deed::TrialEnd => renewal::trial_end(books, &due.id),
        Deed::PeriodEnd => renewal::period_end(books, &due.id),
        Deed::IncompleteExpiry => dunning::expire_incomplete(books, &due.id),
        Deed::ResumptionExpiry => dunning::expire_resumption(books, &due.id),
        Deed::Finalize => dunning::finalize_due(books, &due.id),
        Deed::Retry => dunning::retry_due(books, &due.id),
        Deed::Overdue => dunning::overdue(books, &due.id),
        Deed::CheckoutExpiry => checkout_session::time_is_over(books, &due.id),
    }
}

//! What time does to the objects.

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
        perform(books, &due);
    }
    false
}

fn perform(books: &mut Books, due: &Due) {
    match due.deed {
        Deed::TrialWillEnd
        | Deed::CancelAt
        | Deed::SchedulePhase
        | Deed::ResumeCollection
        | Deed::TrialEnd
        | Deed::PeriodEnd
        | Deed::IncompleteExpiry
        | Deed::ResumptionExpiry
        | Deed::Finalize
        | Deed::Retry
        | Deed::Overdue => {}
        Deed::CheckoutExpiry => checkout_session::time_is_over(books, &due.id),
    }
}

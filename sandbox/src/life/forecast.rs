//! Looking ahead: what time will do until a subscription has its next invoice, done on a copy of
//! the books.
//!
//! It is the very work of [`super::run_until`] for one customer. What hangs on a card (attempts,
//! retries, what follows from them) is left out: a forecast assumes that nothing fails.

use serde_json::Value;

use super::perform;
use super::timetable::period;
use crate::agenda::{Deed, Due};
use crate::books::Books;
use crate::fields::Fields;

/// What makes invoices, changes what they are over, or uses the customer's balance.
const BILLS: [Deed; 6] =
    [Deed::CancelAt, Deed::SchedulePhase, Deed::ResumeCollection, Deed::TrialEnd, Deed::PeriodEnd, Deed::Finalize];

/// Lets time pass until the subscription's newest invoice is another one, at most to the end of
/// its period. Returns that invoice's id, if one comes.
pub fn next_invoice(books: &mut Books, subscription: &str) -> Option<String> {
    let now = books.subscriptions.living(subscription)?.clone();
    let clock = books.clock_of(&now).map(str::to_owned);
    let latest = |books: &Books| books.subscriptions.get(subscription).map(|found| found["latest_invoice"].clone());
    while let Some(due) = next(books, now.text("customer"), period(&now).1) {
        books.agenda.set(None, due.deed, &due.id, None);
        books.set_now(clock.as_deref(), due.at);
        perform(books, &due);
        let newest = latest(books)?;
        if newest != now["latest_invoice"] {
            return newest.as_str().map(str::to_owned);
        }
    }
    None
}

/// The first thing to happen to a customer's subscriptions, schedules and drafts.
fn next(books: &Books, customer: &str, by: i64) -> Option<Due> {
    let is_draft = |invoice: &&Value| invoice["status"] == "draft";
    let of_customer = books
        .subscriptions
        .of_customer(customer)
        .chain(books.schedules.of_customer(customer))
        .chain(books.invoices.of_customer(customer).filter(is_draft));
    let entered = of_customer.flat_map(|object| {
        let when = move |deed: Deed| books.agenda.when(deed, object.id()).map(|at| (at, deed));
        BILLS.into_iter().filter_map(when).map(move |(at, deed)| Due {
            clock: "".into(),
            at,
            deed,
            id: object.id().into(),
        })
    });
    entered.filter(|due| due.at <= by).min()
}

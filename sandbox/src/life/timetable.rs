//! Keeping a subscription, and with it what time will do to it.
//!
//! What must hold: the agenda says of a subscription exactly what its object says.

use serde_json::Value;

use crate::agenda::Deed;
use crate::books::Books;
use crate::fields::Fields;

/// How long a first invoice may stay unpaid.
const TO_COMPLETE: i64 = 23 * 60 * 60;
/// How long before its end a trial is announced.
pub const ANNOUNCED: i64 = 3 * 86_400;

/// Keeps a new subscription.
pub fn create(books: &mut Books, subscription: Value) {
    enter(books, &subscription);
    books.create(&subscription);
}

/// Keeps a changed subscription, with events about the change.
pub fn keep(books: &mut Books, subscription: Value, kinds: &[&str]) {
    enter(books, &subscription);
    books.transition(subscription, kinds);
}

/// Keeps one that has ended; its last event says so.
pub fn keep_ended(books: &mut Books, subscription: &Value) {
    enter(books, subscription);
    books.store(subscription);
    books.emit("customer.subscription.deleted", subscription, None);
}

/// Enters what time will do to a subscription.
fn enter(books: &mut Books, subscription: &Value) {
    let clock = books.clock_of(subscription).map(str::to_owned);
    let now = books.now_of(subscription);
    let status = subscription.text("status");
    let is = |statuses: &[&str]| statuses.contains(&status);
    let trial_end = subscription.maybe_int("trial_end").filter(|_| status == "trialing");
    let resumes = subscription["pause_collection"].maybe_int("resumes_at");
    let is_alive = is(&["active", "past_due", "unpaid", "trialing", "paused"]);
    for (deed, at) in [
        (Deed::TrialWillEnd, trial_end.map(|end| end - ANNOUNCED).filter(|at| *at > now)),
        (Deed::CancelAt, subscription.maybe_int("cancel_at").filter(|_| is_alive)),
        (Deed::ResumeCollection, resumes.filter(|_| is_alive)),
        (Deed::TrialEnd, trial_end),
        (Deed::PeriodEnd, is(&["active", "past_due", "unpaid"]).then_some(period(subscription).1)),
        (Deed::IncompleteExpiry, (status == "incomplete").then_some(subscription.int("created") + TO_COMPLETE)),
    ] {
        books.agenda.set(clock.as_deref(), deed, subscription.id(), at);
    }
}

/// The period all items of a subscription are in.
pub fn period(subscription: &Value) -> (i64, i64) {
    let item = &subscription["items"]["data"][0];
    (item.int("current_period_start"), item.int("current_period_end"))
}

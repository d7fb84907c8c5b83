//! What goes on beside the requests: time that passes, and test clocks on their way.
//!
//! What must hold: time goes on, whatever happens in it. A deed that panics is undone and set
//! aside, which the log and `/_sandbox/violations` show, and the others are done.
//!
//! The work of a clock is done in slices, and the lock is free between two of them, so requests
//! about other things are answered meanwhile. Only this task advances clocks. Accepted: after
//! `kill -9` during an advance the clock goes on from the last state that was saved, and does the
//! work since then again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::caught::caught;
use crate::life::run_until;
use crate::memory::{Memory, Sandbox, Violation};
use crate::objects::{feature, test_clock};
use crate::saving::save;

/// How often the sandbox's own time is looked at.
const TICK: Duration = Duration::from_secs(1);
/// Entries of the agenda in one slice: a few milliseconds.
const SLICE: usize = 32;

/// Goes on until the task is aborted.
pub async fn run(sandbox: Arc<Sandbox>) {
    loop {
        let _ = tokio::time::timeout(TICK, sandbox.clock_moved.notified()).await;
        pass_time(&sandbox).await;
        advance_all(&sandbox).await;
    }
}

async fn pass_time(sandbox: &Arc<Sandbox>) {
    let is_unsaved = caught("the sandbox's time", || {
        let mut memory = sandbox.memory();
        catch_up(sandbox, &mut memory);
        std::mem::take(&mut memory.is_unsaved)
    });
    if is_unsaved == Some(true) {
        keep(sandbox).await;
    }
}

/// Does what is due by the sandbox's own clock. Also done before each request, so that no
/// answer is about the past.
pub fn catch_up(sandbox: &Sandbox, memory: &mut Memory) {
    let before = begin(sandbox, memory);
    pass(memory, None, sandbox.clock.now(), usize::MAX);
    if memory.books.events.made() > before {
        memory.is_unsaved = true;
        end(memory, before);
    }
    // A delivery that is given up waits for no event.
    sandbox.fan_out(memory);
}

async fn advance_all(sandbox: &Arc<Sandbox>) {
    let mut saved = Instant::now();
    // After a panic that no deed is to blame for, the next round tries again.
    while let Some(Some(is_arrived)) = caught("a test clock", || slice(sandbox, &mut sandbox.memory())) {
        if is_arrived || saved.elapsed() > TICK {
            keep(sandbox).await;
            saved = Instant::now();
        } else {
            tokio::task::yield_now().await;
        }
    }
}

/// One slice of the first clock on its way; `None` when there is none that moves, else whether it arrived.
fn slice(sandbox: &Sandbox, memory: &mut Memory) -> Option<bool> {
    let (clock, to) = test_clock::advancing(&memory.books).pop()?;
    let before = begin(sandbox, memory);
    let is_done = pass(memory, Some(&clock), to, SLICE)?;
    if is_done {
        test_clock::arrive(&mut memory.books, &clock);
    }
    end(memory, before);
    sandbox.fan_out(memory);
    Some(is_done)
}

/// Work that no request asks for begins; the number of events so far.
fn begin(sandbox: &Sandbox, memory: &mut Memory) -> u64 {
    let moment = &mut memory.books.moment;
    if *moment.public_url != *sandbox.public_url {
        moment.public_url = sandbox.public_url.as_str().into();
    }
    moment.cause = None;
    memory.books.events.made()
}

fn end(memory: &mut Memory, before: u64) {
    feature::note_changes(&mut memory.books, before);
    memory.note_broken();
}

/// Lets time pass on a clock: [`run_until`], but for the deeds that panic. `None` when something else
/// panicked: then nothing was done.
fn pass(memory: &mut Memory, clock: Option<&str>, to: i64, most: usize) -> Option<bool> {
    if !memory.books.agenda.is_due(clock, to) {
        memory.books.set_now(clock, to);
        return Some(true);
    }
    loop {
        // Costs nothing, and is there to go back to.
        let before = memory.books.clone();
        let is_done = caught("a deed of the agenda", || run_until(&mut memory.books, clock, to, most));
        if is_done.is_some() {
            return is_done;
        }
        let culprit = memory.books.moment.deed.take();
        memory.books = before;
        let due = culprit?;
        memory.books.agenda.set(None, due.deed, &due.id, None);
        let problem = format!("panicked at {} and was set aside: {:?} of {}", due.at, due.deed, due.id);
        tracing::error!(problem, "a deed of the agenda");
        let at = memory.books.moment.time;
        memory.violations.push(Violation { at, request: String::new(), endpoint: "time".to_owned(), problem });
    }
}

async fn keep(sandbox: &Arc<Sandbox>) {
    let number = sandbox.memory().changed();
    // What went wrong is logged there; the next change tries again.
    let _ = save(sandbox, number).await;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::pass;
    use crate::agenda::Deed;
    use crate::life::PLANTED;
    use crate::memory::Memory;

    #[test]
    fn a_deed_that_panics_is_set_aside_and_the_others_are_done() {
        let mut memory = Memory::fresh(Some(1), 0);
        for (id, at) in [("cs_1", 10), (PLANTED, 20), ("cs_2", 20), ("cs_3", 30)] {
            let session = json!({
                "id": id, "object": "checkout.session", "status": "open", "customer": null, "payment_status": "unpaid",
            });
            memory.books.store(&session);
            memory.books.agenda.set(None, Deed::CheckoutExpiry, id, Some(at));
        }
        assert_eq!(pass(&mut memory, None, 25, usize::MAX), Some(true));
        let status = |id: &str| memory.books.checkout_sessions.get(id).map(|session| session["status"].clone());
        assert_eq!(
            ["cs_1", PLANTED, "cs_2", "cs_3"].map(|id| status(id).unwrap_or_default()),
            ["expired", "open", "expired", "open"]
        );
        assert_eq!(memory.books.moment.time, 25);
        let said = &memory.violations[0];
        assert!(said.problem.contains("CheckoutExpiry of cs_planted"), "{said:?}");
        assert_eq!(memory.books.agenda.when(Deed::CheckoutExpiry, PLANTED), None);
        assert_eq!(memory.books.agenda.when(Deed::CheckoutExpiry, "cs_3"), Some(30));
    }
}

//! What goes on beside the requests: time that passes, and test clocks on their way.
//!
//! The work of a clock is done in slices, and the lock is free between two of them, so requests
//! about other things are answered meanwhile. Only this task advances clocks. Accepted: after
//! `kill -9` during an advance the clock goes on from the last state that was saved, so events
//! with other ids may be made again for the same changes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::life::run_until;
use crate::memory::{Memory, Sandbox};
use crate::objects::{feature, test_clock};
use crate::saving::save;
use crate::state::StateFile;

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
    let is_unsaved = {
        let mut memory = sandbox.memory();
        catch_up(sandbox, &mut memory);
        std::mem::take(&mut memory.is_unsaved)
    };
    if is_unsaved {
        keep(sandbox).await;
    }
}

/// Does what is due by the sandbox's own clock. Also done before each request, so that no
/// answer is about the past.
pub fn catch_up(sandbox: &Sandbox, memory: &mut Memory) {
    let before = memory.books.events.made();
    memory.books.moment.public_url = sandbox.public_url.as_str().into();
    memory.books.moment.cause = None;
    run_until(&mut memory.books, None, sandbox.clock.now(), usize::MAX);
    feature::note_changes(&mut memory.books, before);
    memory.is_unsaved |= memory.books.events.made() > before;
    memory.note_broken();
    sandbox.fan_out(memory);
}

async fn advance_all(sandbox: &Arc<Sandbox>) {
    let mut saved = Instant::now();
    loop {
        let is_more = {
            let mut memory = sandbox.memory();
            memory.books.moment.public_url = sandbox.public_url.as_str().into();
            memory.books.moment.cause = None;
            slice(sandbox, &mut memory)
        };
        match is_more {
            None => return,
            Some(is_arrived) if is_arrived || saved.elapsed() > TICK => {
                keep(sandbox).await;
                saved = Instant::now();
            }
            Some(_) => tokio::task::yield_now().await,
        }
    }
}

/// One slice of the first clock on its way; `None` when there is none, else whether it arrived.
fn slice(sandbox: &Sandbox, memory: &mut Memory) -> Option<bool> {
    let (clock, to) = test_clock::advancing(&memory.books).pop()?;
    let before = memory.books.events.made();
    let is_done = run_until(&mut memory.books, Some(&clock), to, SLICE);
    if is_done {
        test_clock::arrive(&mut memory.books, &clock);
    }
    feature::note_changes(&mut memory.books, before);
    memory.note_broken();
    sandbox.fan_out(memory);
    Some(is_done)
}

async fn keep(sandbox: &Arc<Sandbox>) {
    let snapshot = {
        let mut memory = sandbox.memory();
        memory.changes += 1;
        sandbox.state_file.is_some().then(|| StateFile::snapshot(&memory))
    };
    if let Some(snapshot) = snapshot {
        // What went wrong is logged there; the next change tries again.
        let _ = save(sandbox, snapshot).await;
    }
}

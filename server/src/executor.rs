//! What Leptos hands to the runtime while it renders.
//!
//! Before a page's head is put in, it spawns a task that does nothing and waits for it, so that
//! an earlier chunk of the page comes first. Our pages are rendered whole before that, and each
//! such task woke another worker of the runtime: a tenth of a page's cost (ADR 0013). So a task
//! is tried where it is, and given to the runtime only if there is something to wait for.

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use futures::FutureExt;

struct TriedFirst;

impl CustomExecutor for TriedFirst {
    fn spawn(&self, mut task: PinnedFuture<()>) {
        if (&mut task).now_or_never().is_none() {
            tokio::spawn(task);
        }
    }

    fn spawn_local(&self, task: PinnedLocalFuture<()>) {
        tokio::task::spawn_local(task);
    }

    fn poll_local(&self) {}
}

/// For the whole process, once; it stays as it is when it is done again.
pub fn install() {
    let _ = Executor::init_custom_executor(TriedFirst);
}

//! The task that makes deliveries as they fall due.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::delivery::{Attempt, Delivery};
use super::parcel::{Parcel, pack};
use super::post::{self, Outcome};
use crate::caught::caught;
use crate::memory::Sandbox;
use crate::state::StateFile;

/// How often the sandbox's clock is looked at while something waits: nobody says when it moves.
const LOOK: Duration = Duration::from_millis(50);

/// Makes deliveries until it is dropped; what is under way is cut off then, and is sent again by
/// the next process that reads the state.
pub async fn run(sandbox: Arc<Sandbox>) {
    let client = match post::client() {
        Ok(client) => client,
        Err(error) => return tracing::error!(%error, "no webhook will be delivered"),
    };
    let mut under_way = JoinSet::new();
    loop {
        // Asked for before looking, so that what comes in between is not missed.
        let woken = sandbox.courier.notified();
        let Some((due, is_waiting)) = caught("the courier", || take(&sandbox)) else {
            tokio::time::sleep(LOOK).await;
            continue;
        };
        for delivery in due {
            under_way.spawn(deliver(Arc::clone(&sandbox), client.clone(), delivery));
        }
        while under_way.try_join_next().is_some() {}
        if is_waiting {
            // Either way it is time to look again.
            let _ = timeout(LOOK, woken).await;
        } else {
            woken.await;
        }
    }
}

/// What is due, and whether something else waits for its time.
fn take(sandbox: &Sandbox) -> (Vec<Arc<Delivery>>, bool) {
    let now = sandbox.clock.now();
    let mut memory = sandbox.memory();
    let at_once = memory.webhooks.settings.at_once;
    let last = sandbox.state_file.as_ref().map_or(u64::MAX, StateFile::saved_deliveries);
    let due = memory.webhooks.deliveries.take(now, at_once, last);
    // What is due and not taken waits for another to end, or to be saved: both wake this task.
    let is_waiting = memory.webhooks.deliveries.next_due().is_some_and(|due| due > now);
    (due, is_waiting)
}

async fn deliver(sandbox: Arc<Sandbox>, client: Client, delivery: Arc<Delivery>) {
    let Some((now, parcel)) = caught("a delivery", || {
        let now = sandbox.clock.now();
        (now, prepared(&sandbox, &delivery, now))
    }) else {
        let error = Some("the sandbox has a defect: see its log".to_owned());
        let failed = Attempt { at: delivery.due, status: None, latency_ms: 0, error, signature: None };
        return note(&sandbox, &delivery, failed);
    };
    let outcome = match parcel {
        None => (Outcome::unsent("nobody listens there any more, or the event is gone"), None),
        Some((_, parcel, _)) if parcel.is_lost => (Outcome::unsent("lost on request"), None),
        Some((url, Parcel { body, signature, .. }, limit)) => {
            (post::post(&client, &url, body, &signature, limit).await, Some(signature))
        }
    };
    let (Outcome { status, latency_ms, error }, signature) = outcome;
    note(&sandbox, &delivery, Attempt { at: now, status, latency_ms, error, signature });
}

fn prepared(sandbox: &Sandbox, delivery: &Delivery, now: i64) -> Option<(String, Parcel, Duration)> {
    let memory = sandbox.memory();
    let event = memory.books.events.get(&delivery.event)?.envelope();
    let (url, secrets) = memory.webhooks.address(&memory.books, &delivery.target)?;
    let pending = memory.webhooks.deliveries.pending(&delivery.event);
    let limit = Duration::from_millis(memory.webhooks.settings.timeout_ms);
    // The signing is work that nobody should wait for.
    drop(memory);
    Some((url, pack(&event, delivery, pending, &secrets.at(now), now), limit))
}

fn note(sandbox: &Arc<Sandbox>, delivery: &Delivery, attempt: Attempt) {
    let mut memory = sandbox.memory();
    let memory = &mut *memory;
    let schedule = memory.webhooks.settings.retry_after.clone();
    memory.webhooks.deliveries.finish(delivery.id, attempt, &schedule);
    memory.webhooks.count(&mut memory.books, &delivery.event);
    memory.is_unsaved = true;
    sandbox.courier.notify_one();
}

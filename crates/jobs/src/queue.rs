//! Takes what waits as there is room for it, and does each in a task of its own: one that hangs
//! holds up its own place and no other.

use std::time::Duration;

use services::{ServiceError, Services};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::Pace;

/// Something that waits in the database, held by a lease while it is worked on.
pub trait Queue: 'static {
    type Item: Clone + Send + Sync + 'static;
    /// For the log.
    const NAME: &'static str;

    /// Takes up to `room` items.
    fn take(services: &Services, room: u64) -> impl Future<Output = Result<Vec<Self::Item>, ServiceError>> + Send;

    fn work(services: &Services, item: &Self::Item) -> impl Future<Output = Result<(), ServiceError>> + Send;

    /// For one that broke: again later.
    fn put_off(
        services: &Services,
        item: &Self::Item,
        why: &str,
    ) -> impl Future<Output = Result<(), ServiceError>> + Send;

    /// Waits until something may have come in on this node.
    fn written(services: &Services) -> impl Future<Output = ()> + Send;
}

/// Works until told to stop; false when something was still in hand after [`Pace::patience`].
pub async fn work_off<Q: Queue>(services: Services, pace: Pace, mut told: watch::Receiver<bool>) -> bool {
    let mut in_hand = JoinSet::new();
    let mut reachable = true;
    loop {
        let room = pace.at_once.saturating_sub(in_hand.len());
        if room > 0 {
            reachable = take::<Q>(&services, room, &mut in_hand, reachable).await;
        }
        let full = in_hand.len() >= pace.at_once;
        tokio::select! {
            biased;
            _ = told.wait_for(|stop| *stop) => break,
            Some(_) = in_hand.join_next() => {}
            () = Q::written(&services), if !full => {}
            () = sleep(pace.poll) => {}
        }
    }
    finish(in_hand, pace.patience).await
}

/// Takes up to `room` items; answers whether the database did. That it does not is said once.
async fn take<Q: Queue>(services: &Services, room: usize, in_hand: &mut JoinSet<()>, was_reachable: bool) -> bool {
    let items = match Q::take(services, room as u64).await {
        Ok(items) => items,
        Err(error) => {
            if was_reachable {
                tracing::warn!(queue = Q::NAME, %error, "what waits can't be read; looking again");
            }
            return false;
        }
    };
    for item in items {
        in_hand.spawn(work_off_one::<Q>(services.clone(), item));
    }
    true
}

/// One that panics would be taken again for ever, whenever its lease has run out: it counts as a failure.
async fn work_off_one<Q: Queue>(services: Services, item: Q::Item) {
    let mut task = JoinSet::new();
    let (theirs, leased) = (services.clone(), item.clone());
    task.spawn(async move { Q::work(&theirs, &leased).await });
    let ended = match task.join_next().await {
        Some(Err(fault)) if fault.is_panic() => Q::put_off(&services, &item, "a fault of ours: it panicked").await,
        Some(Ok(ended)) => ended,
        _ => return,
    };
    if let Err(error) = ended {
        tracing::warn!(queue = Q::NAME, %error, "what became of it can't be written down; it is done again");
    }
}

async fn finish(mut in_hand: JoinSet<()>, patience: Duration) -> bool {
    let all = async { while in_hand.join_next().await.is_some() {} };
    let finished = timeout(patience, all).await.is_ok();
    // What is dropped here is taken again when its lease has run out.
    in_hand.abort_all();
    finished
}

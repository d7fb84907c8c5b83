//! Takes rows as there is room for them, and does each in a task of its own: one that hangs
//! holds up its own place and no other.

use std::{pin::Pin, time::Duration};

use services::Services;
use store::LeasedRow;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::Pace;

pub async fn work_off(services: Services, pace: Pace, mut stop: Pin<&mut impl Future<Output = ()>>) -> bool {
    let mut in_hand = JoinSet::new();
    let mut reachable = true;
    loop {
        let room = pace.at_once.saturating_sub(in_hand.len());
        if room > 0 {
            reachable = take(&services, room, &mut in_hand, reachable).await;
        }
        let full = in_hand.len() >= pace.at_once;
        tokio::select! {
            biased;
            () = stop.as_mut() => break,
            Some(_) = in_hand.join_next() => {}
            () = services.store().outbox_written(), if !full => {}
            () = sleep(pace.poll) => {}
        }
    }
    finish(in_hand, pace.patience).await
}

/// Takes up to `room` rows; answers whether the database did. That it does not is said once.
async fn take(services: &Services, room: usize, in_hand: &mut JoinSet<()>, was_reachable: bool) -> bool {
    let rows = match services.take_outbox(room as u64).await {
        Ok(rows) => rows,
        Err(error) => {
            if was_reachable {
                tracing::warn!(%error, "the outbox can't be read; looking again");
            }
            return false;
        }
    };
    for row in rows {
        in_hand.spawn(work_off_one(services.clone(), row));
    }
    true
}

/// One that panics would be taken again for ever, whenever its lease has run out: it counts as a failure.
async fn work_off_one(services: Services, row: LeasedRow) {
    let mut task = JoinSet::new();
    let (theirs, leased) = (services.clone(), row.clone());
    task.spawn(async move { theirs.work_off_row(&leased).await });
    let ended = match task.join_next().await {
        Some(Err(fault)) if fault.is_panic() => services.put_off_row(&row, "a fault of ours: it panicked").await,
        Some(Ok(ended)) => ended,
        _ => return,
    };
    if let Err(error) = ended {
        tracing::warn!(%error, row = %row.id, kind = row.kind, "what became of it can't be written down; it is done again");
    }
}

async fn finish(mut in_hand: JoinSet<()>, patience: Duration) -> bool {
    let all = async { while in_hand.join_next().await.is_some() {} };
    let finished = timeout(patience, all).await.is_ok();
    // What is dropped here is taken again when its lease has run out.
    in_hand.abort_all();
    finished
}

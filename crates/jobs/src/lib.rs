//! Background work: what waits in the outbox and in the inbox, and what is due by the clock. `portico serve`
//! runs it beside the pages, `portico worker` alone; any number of both on one database.
//!
//! What must hold: told to stop, nothing new is taken, what is in hand is finished, for
//! [`Pace::patience`] at most; what is left then is taken by another when its lease has run
//! out (check X01). What a job does is a use case; here is only when.

mod inbox;
mod outbox;
mod queue;
mod schedule;

pub use schedule::names;

use std::time::Duration;

use services::Services;
use tokio::sync::watch;

/// How quickly work is noticed, and given up.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// What other nodes wrote, and what became due, is seen this soon; what this node wrote, at once.
    pub poll: Duration,
    /// Rows in hand at once.
    pub at_once: usize,
    /// After the word to stop.
    pub patience: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { poll: Duration::from_secs(1), at_once: 8, patience: Duration::from_secs(10) }
    }
}

/// Works until `stop`; false when something was still in hand after [`Pace::patience`].
pub async fn run(services: Services, pace: Pace, stop: impl Future<Output = ()>) -> bool {
    let (tell, told) = watch::channel(false);
    let scheduled = tokio::spawn(schedule::keep(services.clone(), told.clone()));
    let word = async {
        stop.await;
        let _ = tell.send(true);
    };
    let (sent, received, ()) = tokio::join!(
        queue::work_off::<outbox::Outbox>(services.clone(), pace, told.clone()),
        queue::work_off::<inbox::Inbox>(services, pace, told),
        word
    );
    // One that is under way is one statement, and may be cut short.
    scheduled.abort();
    sent && received
}

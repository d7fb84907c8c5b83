//! Do what waits in the outbox.
//!
//! What must hold: a row is tried until it is done or can't be done; one that fails goes
//! behind, further each time, and keeps nobody else waiting; nothing is lost when a worker
//! dies (its lease runs out). Rules of time: [`domain::outbox`].

use domain::{Millis, outbox};
use futures::future::join_all;
use store::LeasedRow;

use crate::{ServiceError, Services, mail};

/// How many rows one worker has in hand at once.
const AT_ONCE: u64 = 8;
/// Longer than the longest that one row may take.
const LEASE: Millis = Millis::minutes(2);

/// What became of one row.
pub(crate) enum Outcome {
    Done,
    Later(String),
    Never(String),
}

impl Services {
    /// Works off a handful of what is due; answers how many rows that were. Nothing: come back later.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn work_off_outbox(&self) -> Result<usize, ServiceError> {
        let (now, lease) = (self.now(), self.entropy().uuid().to_string());
        let rows = self.store.lease_outbox(AT_ONCE, &lease, now, now + LEASE).await?;
        let ended = join_all(rows.iter().map(|row| self.work_off(row))).await;
        ended.into_iter().collect::<Result<Vec<()>, ServiceError>>()?;
        Ok(rows.len())
    }

    async fn work_off(&self, row: &LeasedRow) -> Result<(), ServiceError> {
        let outcome = match row.kind.as_str() {
            mail::post::KIND => self.deliver(row).await,
            other => Outcome::Never(format!("no worker of this version does {other:?}")),
        };
        let now = self.now();
        let outcome = match outcome {
            Outcome::Later(why) if outbox::is_hopeless(row.created_at, now) => Outcome::Never(why),
            outcome => outcome,
        };
        match outcome {
            Outcome::Done => self.store.finish_outbox(row, now).await?,
            Outcome::Later(why) => {
                tracing::warn!(row = %row.id, kind = row.kind, attempts = row.attempts + 1, why, "not done yet; again later");
                self.store.retry_outbox(row, &why, now + outbox::pause_after(row.attempts + 1)).await?
            }
            Outcome::Never(why) => {
                self.ports.alerts.raise(&crate::Alert::OutboxParked { row: row.id, kind: &row.kind, why: &why });
                self.store.park_outbox(row, &why, now).await?
            }
        };
        Ok(())
    }

    /// Sends one mail.
    async fn deliver(&self, row: &LeasedRow) -> Outcome {
        let envelope = match self.open_letter(row.id, &row.payload) {
            Ok(envelope) => envelope,
            Err(error) => return Outcome::Never(error.to_string()),
        };
        let sent = tokio::time::timeout(mail::SEND_TIMEOUT, self.ports.mailer.send(&envelope)).await;
        match sent.unwrap_or(Err(mail::MailError::NotNow("no answer in time"))) {
            Ok(()) => {
                tracing::info!(row = %row.id, letter = envelope.letter.name(), "mail sent");
                Outcome::Done
            }
            Err(mail::MailError::NotNow(why)) => Outcome::Later(why.to_owned()),
            Err(mail::MailError::Never(why)) => Outcome::Never(why.to_owned()),
        }
    }
}

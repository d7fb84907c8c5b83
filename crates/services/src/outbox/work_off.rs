//! Do what waits in the outbox.
//!
//! What must hold: a row is tried until it is done or can't be done; one that fails goes
//! behind, further each time, and keeps nobody else waiting; nothing is lost when a worker
//! dies (its lease runs out). Rules of time: [`domain::outbox`].

use std::time::Duration;

use domain::{Millis, outbox};
use futures::future::join_all;
use store::{LeasedRow, StoreError};
use tokio::time::sleep;

use crate::{Alert, ServiceError, Services, billing, mail};

/// How many rows are worked off at once by [`Services::work_off_outbox`].
const AT_ONCE: u64 = 8;
/// Longer than the longest that one row may take, with writing down what became of it.
const LEASE: Millis = Millis::minutes(2);
/// What was done and could not be written down would be done again: so it is tried for a while.
const WRITE_AGAIN: [Duration; 5] = [Duration::from_secs(1); 5];

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
        let rows = self.take_outbox(AT_ONCE).await?;
        let ended = join_all(rows.iter().map(|row| self.work_off_row(row))).await;
        ended.into_iter().collect::<Result<Vec<()>, ServiceError>>()?;
        Ok(rows.len())
    }

    /// Up to `limit` rows that are due, held for this worker.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_outbox(&self, limit: u64) -> Result<Vec<LeasedRow>, ServiceError> {
        let (now, lease) = (self.now(), self.entropy().uuid().to_string());
        Ok(self.store.lease_outbox(limit, &lease, now, now + LEASE).await?)
    }

    /// Does what a row says, and writes down what became of it.
    ///
    /// # Errors
    /// When the database does not answer: the row is tried again when its lease has run out.
    pub async fn work_off_row(&self, row: &LeasedRow) -> Result<(), ServiceError> {
        let outcome = match row.kind.as_str() {
            mail::post::KIND => self.deliver(row).await,
            billing::EXPIRE_CHECKOUTS => self.expire_checkouts_of(row).await,
            billing::CREATE_CUSTOMER => self.create_customer_of(row).await?,
            other => Outcome::Never(format!("no worker of this version does {other:?}")),
        };
        self.settle(row, outcome).await
    }

    /// For a worker in whose hands a row broke: again later.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_off_row(&self, row: &LeasedRow, why: &str) -> Result<(), ServiceError> {
        self.settle(row, Outcome::Later(why.to_owned())).await
    }

    async fn settle(&self, row: &LeasedRow, outcome: Outcome) -> Result<(), ServiceError> {
        let outcome = match outcome {
            Outcome::Later(why) if outbox::is_hopeless(row.created_at, self.now()) => Outcome::Never(why),
            outcome => outcome,
        };
        for pause in WRITE_AGAIN {
            match self.write_down(row, &outcome).await {
                Err(StoreError::Unavailable(_)) => sleep(pause).await,
                written => return Ok(written?),
            }
        }
        Ok(self.write_down(row, &outcome).await?)
    }

    async fn write_down(&self, row: &LeasedRow, outcome: &Outcome) -> Result<(), StoreError> {
        let now = self.now();
        match outcome {
            Outcome::Done => self.store.finish_outbox(row, now).await?,
            Outcome::Later(why) => {
                tracing::warn!(row = %row.id, kind = row.kind, attempts = row.attempts + 1, why, "not done yet; again later");
                self.store.retry_outbox(row, why, now + outbox::pause_after(row.attempts + 1)).await?
            }
            Outcome::Never(why) => {
                let parked = self.store.park_outbox(row, why, now).await?;
                if parked {
                    self.ports.alerts.raise(&Alert::OutboxParked { row: row.id, kind: &row.kind, why });
                }
                parked
            }
        };
        Ok(())
    }

    /// Sends one mail.
    async fn deliver(&self, row: &LeasedRow) -> Outcome {
        let envelope = match self.open_letter(row) {
            Ok(envelope) => envelope,
            Err(error) => return Outcome::Never(error.to_string()),
        };
        let sent = tokio::time::timeout(mail::SEND_TIMEOUT, self.ports.mailer.send(&envelope)).await;
        match sent.unwrap_or(Err(mail::MailError::NotNow("no answer in time"))) {
            Ok(()) => {
                store::kill_point!("mail-sent");
                tracing::info!(row = %row.id, letter = envelope.letter.name(), "mail sent");
                Outcome::Done
            }
            Err(mail::MailError::NotNow(why)) => Outcome::Later(why.to_owned()),
            Err(mail::MailError::Never(why)) => Outcome::Never(why.to_owned()),
        }
    }
}

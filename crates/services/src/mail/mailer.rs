//! The port that mail leaves by. Implemented by `mailer`.

use std::time::Duration;

use async_trait::async_trait;
use domain::Timestamp;
use thiserror::Error;
use uuid::Uuid;

use super::Letter;

/// One attempt to send, whatever the other side does. A mailer's own limits are shorter, and say more.
pub const SEND_TIMEOUT: Duration = Duration::from_secs(60);

/// A letter and whom it is for.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// Of the outbox row: the `Message-ID` is made of it, the same at every attempt.
    pub id: Uuid,
    /// When it was written: its `Date`, the same at every attempt.
    pub at: Timestamp,
    /// A canonical address ([`domain::accounts::Email`]).
    pub to: String,
    pub letter: Letter,
}

/// What became of an attempt. Carries nothing that the other side wrote.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum MailError {
    /// Out of reach, busy, no answer in time, or 4yz (RFC 5321 section 4.2.1): later.
    #[error("not now: {0}")]
    NotNow(&'static str),
    /// 5yz, or an address that no mail can go to: never.
    #[error("refused: {0}")]
    Never(&'static str),
}

#[async_trait]
pub trait Mailer: Send + Sync {
    async fn send(&self, envelope: &Envelope) -> Result<(), MailError>;
}

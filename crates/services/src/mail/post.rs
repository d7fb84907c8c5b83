//! Put a letter into the outbox.

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use store::{LeasedRow, NewOutboxRow};
use uuid::Uuid;

use super::{Envelope, Letter};
use crate::{ServiceError, Services};

pub(crate) const KIND: &str = "mail";

#[derive(Serialize, Deserialize)]
struct Posted {
    to: String,
    letter: Letter,
}

fn context(id: Uuid) -> String {
    format!("mail {id}")
}

impl Services {
    /// The row of a letter, to be written in the transaction of its cause. The letter is
    /// sealed: its link must not be in a dump of the database (check P01).
    ///
    /// `key` says what makes two letters the same one, such as `reset:<hash of the token>`.
    pub fn letter_row(&self, to: &str, letter: Letter, key: &str) -> NewOutboxRow {
        let id = self.entropy().uuid_at(self.now());
        let posted = Posted { to: to.to_owned(), letter };
        // A letter is plain data: writing it as JSON can't fail, and an empty one would be parked and seen.
        let text = serde_json::to_string(&posted).unwrap_or_default();
        let payload = self.sealer.seal(&context(id), &text, self.entropy());
        NewOutboxRow { id, kind: KIND, key: format!("mail:{key}"), payload }
    }

    /// # Errors
    /// [`ServiceError::Unreadable`] when the row's key is gone or it is not a letter.
    pub(crate) fn open_letter(&self, row: &LeasedRow) -> Result<Envelope, ServiceError> {
        let (to, letter) = self.open_sealed(row.id, &row.payload)?;
        Ok(Envelope { id: row.id, at: row.created_at, to, letter })
    }

    /// Whom a letter is for, and the letter.
    ///
    /// # Errors
    /// As [`Services::open_letter`].
    pub(crate) fn open_sealed(&self, id: Uuid, payload: &str) -> Result<(String, Letter), ServiceError> {
        let text = self.sealer.open(&context(id), payload)?;
        let Posted { to, letter } =
            serde_json::from_str(text.expose_secret()).map_err(|_| ServiceError::Unreadable("mail"))?;
        Ok((to, letter))
    }
}

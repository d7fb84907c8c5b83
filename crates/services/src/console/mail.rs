//! Mail that did not go out, and sending it again.
//!
//! What must hold: an operator learns what kind of letter it is and roughly whom it is for, and never
//! what is in it: its link is a secret.

use domain::{
    Timestamp,
    accounts::masked_address,
    audit::{AuditAction, AuditOutcome},
};
use policy::console::Errand;
use store::FailedRow;
use uuid::Uuid;

use crate::{Actor, ServiceError, Services, audit::Happening, mail::post::KIND};

const PAGE_SIZE: u64 = 50;
/// For a letter whose key is gone: it can't be sent either.
const UNREADABLE: &str = "unreadable";

#[derive(Clone, Debug)]
pub struct FailedMail {
    pub id: Uuid,
    /// Which letter.
    pub letter: &'static str,
    /// Masked.
    pub to: String,
    pub is_parked: bool,
    pub attempts: u32,
    pub due_at: Timestamp,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
}

pub struct FailedMailView {
    pub mails: Vec<FailedMail>,
    pub next: Option<Uuid>,
}

impl Services {
    /// A page of it, newest first, before one of them.
    ///
    /// # Errors
    /// As [`Services::operate`], or the database's.
    pub async fn list_failed_mail(&self, actor: &Actor, before: Option<Uuid>) -> Result<FailedMailView, ServiceError> {
        self.operate(actor, Errand::Look).await?;
        let found = self.store.list_failed_outbox(KIND, before, PAGE_SIZE).await?;
        let next = found.rows.last().filter(|_| found.has_more).map(|row| row.id);
        Ok(FailedMailView { mails: found.rows.into_iter().map(|row| self.failed_mail(row)).collect(), next })
    }

    /// Has it sent at once.
    ///
    /// # Errors
    /// As [`Services::operate`]; [`ServiceError::NotFound`] when it did not fail, went out meanwhile, or
    /// is being sent; the database's.
    pub async fn send_mail_again(&self, actor: &Actor, id: &str) -> Result<(), ServiceError> {
        self.operate(actor, Errand::Act).await?;
        let id = Uuid::parse_str(id).map_err(|_| ServiceError::NotFound)?;
        let row = self.store.find_failed_outbox(KIND, id).await?.ok_or(ServiceError::NotFound)?;
        let mail = self.failed_mail(row);
        let (action, person) = (AuditAction::ResendMail, actor.person());
        let happening = Happening { action, outcome: AuditOutcome::Done, reason: None, org: None };
        let entry = self.entry(Some(person.id), &person.email, actor.origin(), happening);
        let entry = entry.about(&format!("{} to {}", mail.letter, mail.to));
        if self.store.try_outbox_again(KIND, id, &entry, self.now()).await? {
            Ok(())
        } else {
            Err(ServiceError::NotFound)
        }
    }

    fn failed_mail(&self, row: FailedRow) -> FailedMail {
        let (letter, to) = match self.open_sealed(row.id, &row.payload) {
            Ok((to, letter)) => (letter.name(), masked_address(&to)),
            Err(_) => (UNREADABLE, "…".to_owned()),
        };
        FailedMail {
            id: row.id,
            letter,
            to,
            is_parked: row.is_parked,
            attempts: row.attempts,
            due_at: row.due_at,
            last_error: row.last_error,
            created_at: row.created_at,
        }
    }
}

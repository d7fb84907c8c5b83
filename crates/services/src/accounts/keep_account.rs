//! Take the deletion of one's account back.

use domain::{
    Timestamp, UserId,
    accounts::Person,
    audit::{AuditAction, AuditOutcome},
};

use crate::{Origin, ServiceError, Services, audit::Happening, mail::Letter};

impl Services {
    /// When the account is to be deleted, if it is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn deletion_due(&self, user: UserId) -> Result<Option<Timestamp>, ServiceError> {
        Ok(self.store.find_deletion_due(user).await?)
    }

    /// For somebody who has just proved who they are, and has no session while they are leaving.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when there is nothing to take back: it is carried out, or was taken
    /// back before. The database's.
    pub async fn keep_account(&self, person: &Person, origin: &Origin) -> Result<(), ServiceError> {
        let letter = Letter::DeletionCancelled { name: person.name.clone() };
        let key = format!("deletion_cancelled:{}:{}", person.id, self.now().as_millis());
        let letter = self.letter_row(&person.email, letter, &key);
        let happening =
            Happening { action: AuditAction::CancelDeletion, outcome: AuditOutcome::Done, reason: None, org: None };
        let entry = self.entry(Some(person.id), &person.email, origin, happening);
        let kept = self.store.cancel_deletion(person.id, letter, &entry).await?;
        if kept { Ok(()) } else { Err(ServiceError::NotFound) }
    }
}

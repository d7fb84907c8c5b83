//! Take the deletion of one's account back.

use domain::{
    Timestamp, UserId,
    accounts::Person,
    audit::{AuditAction, AuditOutcome},
};

use crate::{Origin, ServiceError, Services, audit::Happening, mail::Letter};

impl Services {
    /// Somebody whose account is to be deleted, and when; none for everybody else.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_leaving(&self, user: UserId) -> Result<Option<(Person, Timestamp)>, ServiceError> {
        Ok(self.store.find_leaving(user).await?)
    }

    /// For somebody who has just proved who they are, and has no session while they are leaving.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when there is nothing to take back: it is carried out, or was taken
    /// back before. The database's.
    pub async fn keep_account(&self, user: UserId, origin: &Origin) -> Result<Person, ServiceError> {
        let (person, _) = self.store.find_leaving(user).await?.ok_or(ServiceError::NotFound)?;
        let letter = Letter::DeletionCancelled { name: person.name.clone() };
        let key = format!("deletion_cancelled:{}:{}", person.id, self.now().as_millis());
        let letter = self.letter_row(&person.email, letter, &key);
        let happening =
            Happening { action: AuditAction::CancelDeletion, outcome: AuditOutcome::Done, reason: None, org: None };
        let entry = self.entry(Some(person.id), &person.email, origin, happening);
        let kept = self.store.cancel_deletion(person.id, letter, &entry).await?;
        if kept { Ok(person) } else { Err(ServiceError::NotFound) }
    }
}

//! Carry out the deletions whose time has come. Called by a schedule, on any number of nodes.
//!
//! What must hold: one account is deleted once, and gets one letter, by however many workers. One
//! that can't be deleted holds up no other: it is tried again a day later, and somebody is told.

use domain::{
    Millis,
    accounts::Person,
    audit::{AuditAction, AuditOutcome},
};
use store::{DELETED_ACTOR, Departure};

use crate::{Alert, Origin, ServiceError, Services, audit::Happening, mail::Letter};

const AGAIN: Millis = Millis::days(1);

impl Services {
    /// Deletes up to `limit` accounts; answers how many it looked at. Nothing: come back later.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_due_accounts(&self, limit: u64) -> Result<u64, ServiceError> {
        let due = self.store.list_due_deletions(self.now(), limit).await?;
        for person in &due {
            self.delete_account(person).await?;
        }
        Ok(due.len() as u64)
    }

    async fn delete_account(&self, person: &Person) -> Result<(), ServiceError> {
        let letter = Letter::AccountDeleted { name: person.name.clone() };
        let letter = self.letter_row(&person.email, letter, &format!("account_deleted:{}", person.id));
        let happening =
            Happening { action: AuditAction::DeleteAccount, outcome: AuditOutcome::Done, reason: None, org: None };
        let entry = self.entry(Some(person.id), DELETED_ACTOR, &Origin::default(), happening);
        match self.store.carry_out_deletion(person, letter, &entry, self.now() + AGAIN).await? {
            Departure::Left => tracing::info!(user = %person.id, "an account is deleted"),
            Departure::PutOff => self.ports.alerts.raise(&Alert::DeletionPutOff { user: person.id }),
            Departure::Gone => {}
        }
        Ok(())
    }
}

//! Ask for the deletion of one's account. For fourteen days it is closed and can be taken back.
//!
//! What must hold: nobody leaves others without an owner, or a subscription that goes on
//! ([`domain::accounts::Stake`]); asked once is enough, and whoever asks twice gets one letter.

use domain::{
    accounts::{DELETION_GRACE, Email, Stake},
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
};
use store::Scheduling;

use crate::{Actor, ServiceError, Services, audit::Happening, mail::Letter};

impl Services {
    /// What would become of the actor's organisations.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn show_departure(&self, actor: &Actor) -> Result<Vec<Stake>, ServiceError> {
        Ok(self.store.find_stakes(actor.person().id).await?)
    }

    /// `confirmation` is the actor's own address, typed.
    ///
    /// # Errors
    /// [`ServiceError::ProofTooOld`]; [`ServiceError::Invalid`] when the address is another one or
    /// something is in the way; the database's.
    pub async fn schedule_deletion(&self, actor: &Actor, confirmation: &str) -> Result<(), ServiceError> {
        self.require_recent_proof(actor)?;
        let person = actor.person();
        let invalid = |problem| Err(ServiceError::Invalid(vec![(Field::Confirmation, problem)]));
        if confirmation.trim().is_empty() {
            return invalid(Problem::Missing);
        }
        if Email::parse(confirmation).ok().is_none_or(|typed| typed.as_str() != person.email) {
            return invalid(Problem::Wrong);
        }
        let (now, happening) = (self.now(), |outcome, reason| Happening {
            action: AuditAction::ScheduleDeletion,
            outcome,
            reason,
            org: None,
        });
        let due = now + DELETION_GRACE;
        let letter = Letter::DeletionScheduled { name: person.name.clone(), due, keep: self.link("/sign-in", None) };
        let letter = self.letter_row(&person.email, letter, &format!("deletion:{}:{}", person.id, due.as_millis()));
        let entry = self.entry(Some(person.id), &person.email, actor.origin(), happening(AuditOutcome::Done, None));
        match self.store.schedule_deletion(person.id, due, letter, &entry).await? {
            Scheduling::Done | Scheduling::Gone => Ok(()),
            Scheduling::InTheWay(_) => {
                self.record(actor, happening(AuditOutcome::Refused, Some("organization_in_the_way"))).await?;
                invalid(Problem::InTheWay)
            }
        }
    }
}

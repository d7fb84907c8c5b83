//! Remove an identity from one's account (checks L06, O07).

use domain::{
    accounts::linking::Unfinished,
    audit::{AuditAction, AuditOutcome},
};
use store::Unlinked;
use uuid::Uuid;

use super::link::PAGE;
use crate::{Actor, ServiceError, Services, audit::Happening, mail::Letter};

impl Services {
    /// Ends every other session: whoever came in by it is out. `session` is the hash of their
    /// own session's id.
    ///
    /// # Errors
    /// [`ServiceError::ProofTooOld`], [`ServiceError::NotFound`], [`ServiceError::Unfinished`] for
    /// the last way in, or the database's.
    pub async fn unlink_identity(&self, actor: &Actor, id: &str, session: &str) -> Result<(), ServiceError> {
        self.require_recent_proof(actor)?;
        let person = actor.person();
        let id = Uuid::try_parse(id).map_err(|_| ServiceError::NotFound)?;
        let identities = self.store.list_identities(person.id).await?;
        let identity = identities.into_iter().find(|identity| identity.id == id).ok_or(ServiceError::NotFound)?;
        let letter = Letter::SignInMethodRemoved {
            name: person.name.clone(),
            method: identity.provider.label().to_owned(),
            at: self.now(),
            review: self.link(PAGE, None),
        };
        let letter = self.letter_row(&person.email, letter, &format!("unlinked:{id}"));
        let unlinked = self.store.unlink_identity(person.id, id, Some(session), &[letter], self.now()).await?;
        let happening = |outcome, reason| Happening {
            action: AuditAction::UnlinkIdentity,
            outcome,
            reason: Some(reason),
            org: None,
        };
        match unlinked {
            Unlinked::Done(identity) => {
                self.record(actor, happening(AuditOutcome::Done, identity.provider.as_str())).await
            }
            Unlinked::LastOne => {
                self.record(actor, happening(AuditOutcome::Refused, "last_way_in")).await?;
                Err(ServiceError::Unfinished(Unfinished::LastWayIn))
            }
            Unlinked::NotTheirs => Err(ServiceError::NotFound),
        }
    }
}

//! Add an identity to an account.

use domain::{
    UserId,
    accounts::linking::Unfinished,
    audit::{AuditAction, AuditOutcome},
};
use secrecy::SecretString;

use super::arrival::{Arrival, Step};
use crate::{
    Origin, ServiceError, Services,
    accounts::{Entry, SignIn},
    audit::Happening,
    mail::Letter,
};

/// Where people look after their ways to sign in.
pub(super) const PAGE: &str = "/account/sign-in-methods";

impl Services {
    /// For somebody who has just shown that the account is theirs.
    ///
    /// # Errors
    /// [`ServiceError::Unfinished`] when the identity was taken meanwhile, or the database's.
    pub async fn link_arrival(&self, user: UserId, arrival: &Arrival, origin: &Origin) -> Result<(), ServiceError> {
        if !arrival.is_agreed_by(user, self.now()) {
            return Err(ServiceError::Unfinished(Unfinished::FlowEnded));
        }
        let person = self.store.find_user(user).await?.filter(|row| row.active).ok_or(ServiceError::NotFound)?;
        let identity = self.identity_of(arrival);
        let letter = Letter::SignInMethodAdded {
            name: person.name,
            method: arrival.provider().label().to_owned(),
            at: self.now(),
            review: self.link(PAGE, None),
        };
        let letter = self.letter_row(&person.email, letter, &format!("linked:{}", identity.id));
        let linked = self.store.link_identity(user, &identity, &[letter], self.now()).await?;
        let (outcome, reason) = if linked {
            (AuditOutcome::Done, arrival.provider().as_str())
        } else {
            (AuditOutcome::Refused, "conflict")
        };
        let happening = Happening { action: AuditAction::LinkIdentity, outcome, reason: Some(reason), org: None };
        self.record_as(Some(user), &person.email, origin, happening).await?;
        if linked { Ok(()) } else { Err(ServiceError::Unfinished(Unfinished::Conflict)) }
    }

    /// The password of the account that a proposal is about: they sign in, and the caller links
    /// it once they are in.
    ///
    /// # Errors
    /// As [`Services::sign_in`]; [`ServiceError::Unfinished`] when there is no proposal any more.
    pub async fn sign_in_to_link(
        &self,
        arrival: &Arrival,
        password: SecretString,
        origin: &Origin,
    ) -> Result<Entry, ServiceError> {
        let ended = ServiceError::Unfinished(Unfinished::FlowEnded);
        let Step::Propose { user, .. } = *arrival.step() else { return Err(ended) };
        if !arrival.is_good(self.now()) {
            return Err(ended);
        }
        // By the account, not by the provider's address: that may have changed hands since.
        let person = self.store.find_user(user).await?.filter(|row| row.active).ok_or(ended)?;
        self.sign_in(SignIn { email: person.email, password }, origin).await
    }
}

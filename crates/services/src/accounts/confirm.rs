//! Prove once more who one is, before something that needs a recent proof (check L06).
//!
//! The password, or a passkey ([`crate::passkeys`]). A code of an authenticator alone is not
//! enough: whoever sits at an open browser may well have the phone beside it.

use domain::{
    accounts::{Proof, Provider},
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
};
use secrecy::SecretString;

use crate::{Actor, ServiceError, Services, audit::Happening};

/// What somebody can prove it by.
#[derive(Clone, Debug)]
pub struct WaysToConfirm {
    pub password: bool,
    pub passkey: bool,
    /// Where they can sign in anew: which is a recent proof as well.
    pub providers: Vec<Provider>,
}

impl Services {
    /// # Errors
    /// When the database does not answer.
    pub async fn ways_to_confirm(&self, actor: &Actor) -> Result<WaysToConfirm, ServiceError> {
        let user = actor.person().id;
        let password = self.has_password(actor).await?;
        let passkey = self.has_passkeys() && !self.store.list_passkeys(user).await?.is_empty();
        let identities = self.store.list_identities(user).await?;
        let linked = |provider: &Provider| identities.iter().any(|identity| identity.provider == *provider);
        Ok(WaysToConfirm { password, passkey, providers: self.providers().keys().copied().filter(linked).collect() })
    }

    /// By the password; the proof that the session has from then on.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`], [`ServiceError::Throttled`], [`ServiceError::Busy`].
    pub async fn confirm_by_password(&self, actor: &Actor, password: SecretString) -> Result<Proof, ServiceError> {
        if !self.has_password(actor).await? {
            return Err(ServiceError::Invalid(vec![(Field::Password, Problem::Wrong)]));
        }
        let proof = self.require_own_password(actor, password, actor.origin()).await;
        match &proof {
            Ok(_) => self.record_confirmation(actor, AuditOutcome::Done, "password").await?,
            Err(ServiceError::Invalid(_)) => {
                self.record_confirmation(actor, AuditOutcome::Refused, "wrong_password").await?;
            }
            Err(_) => {}
        }
        proof
    }

    pub(crate) async fn record_confirmation(
        &self,
        actor: &Actor,
        outcome: AuditOutcome,
        reason: &'static str,
    ) -> Result<(), ServiceError> {
        let happening = Happening { action: AuditAction::ConfirmIdentity, outcome, reason: Some(reason), org: None };
        self.record(actor, happening).await
    }
}

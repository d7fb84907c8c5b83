//! Prove once more who one is, before something that needs a recent proof (check L06).
//!
//! The password, or a passkey ([`crate::passkeys`]). A code of an authenticator alone is not
//! enough: whoever sits at an open browser may well have the phone beside it.

use domain::{
    accounts::{Method, Proof, throttle::PER_ACCOUNT},
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{Actor, ServiceError, Services, audit::Happening};

/// What somebody can prove it by.
#[derive(Clone, Copy, Debug)]
pub struct WaysToConfirm {
    pub password: bool,
    pub passkey: bool,
}

impl Services {
    /// # Errors
    /// When the database does not answer.
    pub async fn ways_to_confirm(&self, actor: &Actor) -> Result<WaysToConfirm, ServiceError> {
        let user = actor.person().id;
        let row = self.store.find_user(user).await?.ok_or(ServiceError::NotFound)?;
        let passkey = self.has_passkeys() && !self.store.list_passkeys(user).await?.is_empty();
        Ok(WaysToConfirm { password: row.password_hash.is_some(), passkey })
    }

    /// By the password; the proof that the session has from then on.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`], [`ServiceError::Throttled`], [`ServiceError::Busy`].
    pub async fn confirm_by_password(&self, actor: &Actor, password: SecretString) -> Result<Proof, ServiceError> {
        self.count_address(actor.origin()).await?;
        if password.expose_secret().is_empty() {
            return Err(ServiceError::Invalid(vec![(Field::Password, Problem::Missing)]));
        }
        // The account's own count: guessing is no cheaper here than at the door.
        let account = format!("account:{}", actor.person().email);
        self.count_account(&account).await?;
        let row = self.store.find_user(actor.person().id).await?.ok_or(ServiceError::NotFound)?;
        let verdict = match self.passwords.verify(password, row.password_hash).await {
            Ok(verdict) => verdict,
            Err(error) => {
                self.store.give_back_attempt(&account, PER_ACCOUNT.window_start(self.now())).await?;
                return Err(error);
            }
        };
        if !verdict.right {
            self.record_confirmation(actor, AuditOutcome::Refused, "wrong_password").await?;
            return Err(ServiceError::Invalid(vec![(Field::Password, Problem::Wrong)]));
        }
        self.store.clear_attempts(&account).await?;
        self.give_back(actor.origin()).await?;
        self.record_confirmation(actor, AuditOutcome::Done, "password").await?;
        Ok(actor.proof().clone().and(Method::Password, self.now()))
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

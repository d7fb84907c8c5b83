//! Prove once more who one is by a passkey; also the second step of signing in.

use domain::{
    UserId,
    accounts::{Method, Proof},
    audit::{AuditAction, AuditOutcome},
};
use webauthn_rs::prelude::{Passkey, PasskeyAuthentication, PublicKeyCredential};

use super::{
    Asked, Purpose,
    add::{passkey, text},
    challenge::{read, refused},
};
use crate::{Actor, Origin, ServiceError, Services, accounts::Entry, audit::Happening};

impl Services {
    /// For somebody known: any of their keys.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there are no passkeys, or they have none.
    pub async fn ask_for_passkey_of(&self, user: UserId, purpose: Purpose) -> Result<Asked, ServiceError> {
        let webauthn = self.webauthn()?;
        let rows = self.store.list_passkeys(user).await?;
        if rows.is_empty() {
            return Err(ServiceError::NotFound);
        }
        let keys: Vec<Passkey> = rows.iter().map(passkey).collect::<Result<_, _>>()?;
        let unreadable = || ServiceError::Unreadable("passkey options");
        let (options, state) = webauthn.start_passkey_authentication(&keys).map_err(|_| unreadable())?;
        let options = serde_json::to_value(&options).map_err(|_| unreadable())?;
        self.ask(purpose, Some(user), &state, &options).await
    }

    async fn passkey_is_right(
        &self,
        user: UserId,
        purpose: Purpose,
        token: &str,
        answer: &str,
    ) -> Result<(), ServiceError> {
        let webauthn = self.webauthn()?;
        let state: PasskeyAuthentication = self.take_challenge(token, purpose, Some(user)).await?;
        let answer: PublicKeyCredential = read(answer)?;
        let checked = webauthn.finish_passkey_authentication(&answer, &state).map_err(|_| refused())?;
        self.note_passkey_use(Some(user), &checked).await.map(drop)
    }

    /// # Errors
    /// [`ServiceError::Invalid`].
    pub async fn confirm_by_passkey(&self, actor: &Actor, token: &str, answer: &str) -> Result<Proof, ServiceError> {
        let right = self.passkey_is_right(actor.person().id, Purpose::Confirm, token, answer).await;
        let outcome = if right.is_ok() { AuditOutcome::Done } else { AuditOutcome::Refused };
        self.record_confirmation(actor, outcome, "passkey").await?;
        right?;
        Ok(actor.proof().clone().and(Method::Passkey, self.now()))
    }

    /// The second step, for somebody whose first factor was right.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`]; [`ServiceError::NotFound`] when they are gone or disabled.
    pub async fn pass_by_passkey(
        &self,
        user: UserId,
        proof: Proof,
        token: &str,
        answer: &str,
        origin: &Origin,
    ) -> Result<Entry, ServiceError> {
        let person = self.store.find_active_person(user).await?.ok_or(ServiceError::NotFound)?;
        let right = self.passkey_is_right(user, Purpose::SecondFactor, token, answer).await;
        let (outcome, reason) = match &right {
            Ok(()) => (AuditOutcome::Done, "passkey"),
            Err(_) => (AuditOutcome::Refused, "wrong_passkey"),
        };
        let happening = Happening { action: AuditAction::SecondFactor, outcome, reason: Some(reason), org: None };
        self.record_as(Some(user), &person.email, origin, happening).await?;
        right?;
        Ok(Entry::Full { person, proof: proof.and(Method::Passkey, self.now()) })
    }

    /// The key's last word: its counter went on, and it is still its owner's.
    pub(super) async fn note_passkey_use(
        &self,
        user: Option<UserId>,
        checked: &webauthn_rs::prelude::AuthenticationResult,
    ) -> Result<UserId, ServiceError> {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        if !checked.user_verified() {
            return Err(refused());
        }
        // Read again: it may have been removed since the challenge.
        let row = self.store.find_passkey(&URL_SAFE_NO_PAD.encode(checked.cred_id())).await?;
        let row = row.filter(|row| user.is_none_or(|user| user == row.user)).ok_or_else(refused)?;
        let mut key = passkey(&row)?;
        key.update_credential(checked);
        let counter = i64::from(checked.counter());
        if !self.store.use_passkey(row.id, &text(&key)?, counter, self.now()).await? {
            return Err(refused());
        }
        Ok(row.user)
    }
}

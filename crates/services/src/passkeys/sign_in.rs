//! Sign in with a passkey and nothing else: the browser says whose it is.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    UserId,
    accounts::Method,
    audit::{AuditAction, AuditOutcome},
};
use webauthn_rs::prelude::{DiscoverableAuthentication, PublicKeyCredential};

use super::{
    Asked, Purpose,
    add::passkey,
    challenge::{read, refused},
};
use crate::{Origin, ServiceError, Services, accounts::Entry, audit::Happening};

impl Services {
    /// Names nobody: any key for this site may answer.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there are no passkeys, [`ServiceError::Flooded`].
    pub async fn ask_for_any_passkey(&self, origin: &Origin) -> Result<Asked, ServiceError> {
        let webauthn = self.webauthn()?;
        self.count_address(origin).await?;
        let unreadable = || ServiceError::Unreadable("passkey options");
        let (options, state) = webauthn.start_discoverable_authentication().map_err(|_| unreadable())?;
        let options = serde_json::to_value(&options).map_err(|_| unreadable())?;
        self.ask(Purpose::SignIn, None, &state, &options).await
    }

    /// # Errors
    /// [`ServiceError::Invalid`], whatever is wrong; [`ServiceError::Flooded`].
    pub async fn sign_in_with_passkey(
        &self,
        token: &str,
        answer: &str,
        origin: &Origin,
    ) -> Result<Entry, ServiceError> {
        self.count_address(origin).await?;
        let right = self.discover(token, answer).await;
        let happening =
            |outcome| Happening { action: AuditAction::SignIn, outcome, reason: Some("passkey"), org: None };
        let user = match right {
            Ok(user) => user,
            Err(error) => {
                self.record_as(None, "unknown", origin, happening(AuditOutcome::Refused)).await?;
                return Err(error);
            }
        };
        let person = self.store.find_active_person(user).await?.ok_or_else(refused)?;
        // The asking and the answering.
        self.give_back(origin).await?;
        self.give_back(origin).await?;
        self.record_as(Some(user), &person.email, origin, happening(AuditOutcome::Done)).await?;
        self.enter(person, Method::Passkey).await
    }

    async fn discover(&self, token: &str, answer: &str) -> Result<UserId, ServiceError> {
        let webauthn = self.webauthn()?;
        let state: DiscoverableAuthentication = self.take_challenge(token, Purpose::SignIn, None).await?;
        let answer: PublicKeyCredential = read(answer)?;
        let (user, id) = webauthn.identify_discoverable_authentication(&answer).map_err(|_| refused())?;
        let user = UserId::from_uuid(user);
        let row = self.store.find_passkey(&URL_SAFE_NO_PAD.encode(id)).await?;
        let row = row.filter(|row| row.user == user).ok_or_else(refused)?;
        let key = passkey(&row)?;
        let checked = webauthn.finish_discoverable_authentication_v2(&answer, state, &key).map_err(|_| refused())?;
        self.note_passkey_use(Some(user), &checked).await
    }
}

//! Challenges, and what comes back for them.

use domain::{
    Millis, UserId,
    form::{Field, Problem},
};
use secrecy::SecretString;
use serde::{Serialize, de::DeserializeOwned};
use webauthn_rs::Webauthn;

use crate::{ServiceError, Services, hash_token, new_token};

/// How long somebody may look for their key.
const LIVES: Millis = Millis::minutes(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Add,
    SignIn,
    SecondFactor,
    Confirm,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::SignIn => "sign_in",
            Self::SecondFactor => "second_factor",
            Self::Confirm => "confirm",
        }
    }
}

/// For the browser: what its session remembers, and what its script is given.
pub struct Asked {
    pub token: SecretString,
    /// JSON, as `parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON` take it.
    pub options: String,
}

/// Whatever was wrong with it: nobody is told what.
pub(super) fn refused() -> ServiceError {
    ServiceError::Invalid(vec![(Field::Passkey, Problem::Wrong)])
}

/// What a browser sent: JSON of its own.
pub(super) fn read<T: DeserializeOwned>(answer: &str) -> Result<T, ServiceError> {
    serde_json::from_str(answer).map_err(|_| refused())
}

impl Services {
    pub(super) fn webauthn(&self) -> Result<&Webauthn, ServiceError> {
        self.webauthn.as_ref().ok_or(ServiceError::NotFound)
    }

    /// Keeps what the answer will be held against.
    pub(super) async fn ask(
        &self,
        purpose: Purpose,
        user: Option<UserId>,
        state: &(impl Serialize + Sync),
        options: &serde_json::Value,
    ) -> Result<Asked, ServiceError> {
        let unreadable = |_| ServiceError::Unreadable("passkey challenge");
        let (token, state) = (new_token(self.entropy()), serde_json::to_string(state).map_err(unreadable)?);
        let hash = hash_token(secrecy::ExposeSecret::expose_secret(&token));
        let until = self.now() + LIVES;
        self.store.insert_passkey_challenge(&hash, purpose.as_str(), user, &state, until).await?;
        Ok(Asked { token, options: options["publicKey"].to_string() })
    }

    /// Takes the challenge of that token: once, whatever becomes of the answer.
    pub(super) async fn take_challenge<T: DeserializeOwned>(
        &self,
        token: &str,
        purpose: Purpose,
        user: Option<UserId>,
    ) -> Result<T, ServiceError> {
        let state = self.store.take_passkey_challenge(&hash_token(token), purpose.as_str(), user, self.now()).await?;
        let state = state.ok_or_else(refused)?;
        serde_json::from_str(&state).map_err(|_| ServiceError::Unreadable("passkey challenge"))
    }
}

//! Begin the way to a provider.
//!
//! What must hold (checks O01, O02): state, nonce and verifier are 256 random bits each, of
//! this flow only; what is stored opens nothing; the browser it begins in is the only one it
//! can end in; a link needs a recent proof and ends in the session that asked for it (O07).

use std::sync::Arc;

use domain::{
    Millis,
    accounts::{Provider, ReturnPath},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::LoginFlow;
use url::Url;

use crate::{
    Actor, Origin, ServiceError, Services,
    accounts::providers::{Departure, IdentityProvider, Providers},
    hash_token, new_token,
};

/// How long somebody may take at the provider.
pub(super) const LIVES: Millis = Millis::minutes(10);

/// Who links it to their account.
pub struct LinkedBy<'a> {
    pub actor: &'a Actor,
    /// Of the session that asks for it: the hash of its id.
    pub session: String,
}

/// What the browser takes along.
pub struct Departing {
    pub address: Url,
    /// For a cookie.
    pub browser: SecretString,
}

/// Sealed until the browser is back.
#[derive(Serialize, Deserialize)]
pub(super) struct Secrets {
    pub nonce: String,
    pub verifier: String,
}

impl Secrets {
    pub(super) fn context(state_hash: &str) -> String {
        format!("login flow {state_hash}")
    }
}

impl Services {
    /// The providers that are configured.
    pub fn providers(&self) -> &Providers {
        &self.ports.providers
    }

    /// # Errors
    /// [`ServiceError::NotFound`] when it isn't configured.
    pub(super) fn provider(&self, provider: Provider) -> Result<Arc<dyn IdentityProvider>, ServiceError> {
        self.ports.providers.get(&provider).cloned().ok_or(ServiceError::NotFound)
    }

    pub(super) fn callback_address(&self, provider: Provider) -> Url {
        let mut url = self.settings.base_url.clone();
        url.set_path(&format!("/auth/{}/callback", provider.as_str()));
        url
    }

    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::ProofTooOld`], [`ServiceError::Flooded`],
    /// [`ServiceError::Unfinished`], or the database's.
    pub async fn begin_flow(
        &self,
        provider: Provider,
        linked_by: Option<LinkedBy<'_>>,
        next: Option<ReturnPath>,
        origin: &Origin,
    ) -> Result<Departing, ServiceError> {
        let port = self.provider(provider)?;
        if let Some(linked_by) = &linked_by {
            self.require_recent_proof(linked_by.actor)?;
        }
        self.count_address(origin).await?;
        let [state, nonce, verifier, browser] = std::array::from_fn(|_| new_token(self.entropy()));
        let now = self.now();
        let redirect_uri = self.callback_address(provider);
        let departure =
            Departure { redirect_uri: &redirect_uri, state: &state, nonce: &nonce, verifier: &verifier, now };
        let address = port.depart(&departure).await.map_err(|error| Self::unfinished(provider, error))?;
        let state_hash = hash_token(state.expose_secret());
        let secrets = self.seal_secrets(&state_hash, &nonce, &verifier);
        let flow = LoginFlow {
            browser_hash: hash_token(browser.expose_secret()),
            provider,
            linked_by: linked_by.map(|by| (by.actor.person().id, by.session)),
            secrets,
            next: next.map(|next| next.as_str().to_owned()),
            expires_at: now + LIVES,
            state_hash,
        };
        self.store.insert_login_flow(&flow).await?;
        Ok(Departing { address, browser })
    }

    fn seal_secrets(&self, state_hash: &str, nonce: &SecretString, verifier: &SecretString) -> String {
        let [nonce, verifier] = [nonce, verifier].map(|secret| secret.expose_secret().to_owned());
        // Two texts are plain data: writing them as JSON can't fail, and nothing would end the flow.
        let text = serde_json::to_string(&Secrets { nonce, verifier }).unwrap_or_default();
        self.sealer.seal(&Secrets::context(state_hash), &text, self.entropy())
    }
}

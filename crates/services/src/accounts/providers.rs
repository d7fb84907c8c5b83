//! The port to providers of identities. Implemented by `social-login`.
//!
//! What must hold, of every implementation: PKCE with S256, always; the `iss` of a response
//! is compared before anything is sent (RFC 9207); who somebody is comes from what the
//! provider signed or answered for this very code, and the issuer from our configuration;
//! no request takes longer, and no answer is larger, than the implementation's bounds.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{Timestamp, accounts::Provider};
use secrecy::SecretString;
use thiserror::Error;
use url::Url;

/// The longest that one step with a provider may take, with everything that is fetched for it.
pub const STEP_TIMEOUT: Duration = Duration::from_secs(9);

/// What goes to the provider with the browser.
pub struct Departure<'a> {
    /// Where it sends the browser back to.
    pub redirect_uri: &'a Url,
    pub state: &'a SecretString,
    pub nonce: &'a SecretString,
    /// Of PKCE; only its hash goes there.
    pub verifier: &'a SecretString,
    pub now: Timestamp,
}

/// What the browser came back with, beside what we kept.
pub struct Return<'a> {
    pub redirect_uri: &'a Url,
    pub code: &'a SecretString,
    /// Of the response (RFC 9207).
    pub issuer: Option<&'a str>,
    pub nonce: &'a SecretString,
    pub verifier: &'a SecretString,
    pub now: Timestamp,
}

/// Who somebody is at a provider.
#[derive(Debug)]
pub struct ExternalIdentity {
    pub provider: Provider,
    pub issuer: String,
    pub subject: String,
    pub email: Option<String>,
    /// The provider's own word, if it gave one.
    pub email_verified: Option<bool>,
    pub name: Option<String>,
    /// What it handed out, as JSON.
    pub tokens: SecretString,
}

/// What went wrong. Carries nothing that the other side wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProviderError {
    /// Out of reach, too slow, too much, or broken: later may be better.
    #[error("no usable answer: {0}")]
    NoAnswer(&'static str),
    /// The provider doesn't know this code, this verifier or us.
    #[error("the code was refused")]
    CodeRefused,
    /// What came back is not for us, not now, or not from there.
    #[error("not to be trusted: {0}")]
    Untrusted(&'static str),
}

#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// Where browsers are sent: the content security policy lets forms go there.
    fn origin(&self) -> String;

    /// The address to send the browser to.
    async fn depart(&self, departure: &Departure<'_>) -> Result<Url, ProviderError>;

    /// Who came back.
    async fn arrive(&self, back: &Return<'_>) -> Result<ExternalIdentity, ProviderError>;
}

/// Those that are configured.
pub type Providers = BTreeMap<Provider, Arc<dyn IdentityProvider>>;

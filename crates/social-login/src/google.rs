//! Google. Its subject is the account, for good; its address is vouched for when it says so.

use async_trait::async_trait;
use domain::accounts::Provider;
use services::accounts::providers::{Departure, ExternalIdentity, IdentityProvider, ProviderError, Return};
use url::Url;

use crate::{Credentials, SetupError, issuer::Issuer, oidc::Oidc};

const ISSUER: &str = "https://accounts.google.com";

pub struct Google {
    oidc: Oidc,
    issuer: String,
}

impl Google {
    /// `stand_in` is the issuer of one on this machine.
    ///
    /// # Errors
    /// When the address can't be used.
    pub fn new(credentials: Credentials, stand_in: Option<&Url>) -> Result<Self, SetupError> {
        let issuer = stand_in.map_or(ISSUER, Url::as_str).trim_end_matches('/').to_owned();
        let address = issuer.parse().map_err(|_| SetupError::Address("is no address"))?;
        Ok(Self { oidc: Oidc::new(credentials, address, Issuer::One(issuer.clone()))?, issuer })
    }
}

#[async_trait]
impl IdentityProvider for Google {
    fn origin(&self) -> String {
        self.oidc.origin()
    }

    async fn depart(&self, departure: &Departure<'_>) -> Result<Url, ProviderError> {
        // Whoever has several accounts there picks one.
        self.oidc.depart(departure, &[("prompt", "select_account")]).await
    }

    async fn arrive(&self, back: &Return<'_>) -> Result<ExternalIdentity, ProviderError> {
        let arrived = self.oidc.arrive(back).await?;
        let claims = &arrived.claims;
        Ok(ExternalIdentity {
            provider: Provider::Google,
            issuer: self.issuer.clone(),
            subject: claims.subject().as_str().to_owned(),
            email: claims.email().map(|email| email.as_str().to_owned()),
            email_verified: claims.email_verified(),
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned()),
            tokens: arrived.tokens,
        })
    }
}

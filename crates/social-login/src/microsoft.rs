//! Microsoft. Who somebody is there is tenant and object, which never change; the address is
//! whatever a tenant's administrator wrote, so it is never vouched for ("nOAuth").

use async_trait::async_trait;
use domain::accounts::Provider;
use services::accounts::providers::{Departure, ExternalIdentity, IdentityProvider, ProviderError, Return};
use url::Url;

use crate::{
    Credentials, SetupError,
    issuer::{Issuer, is_id},
    oidc::Oidc,
};

const AUTHORITY: &str = "https://login.microsoftonline.com/common/v2.0";

pub struct Microsoft {
    oidc: Oidc,
}

impl Microsoft {
    /// `authority` is another than that of all tenants: one tenant's own, or a stand-in.
    ///
    /// # Errors
    /// When the address can't be used.
    pub fn new(credentials: Credentials, authority: Option<&Url>) -> Result<Self, SetupError> {
        let address: Url =
            authority.map_or(AUTHORITY, Url::as_str).parse().map_err(|_| SetupError::Address("is no address"))?;
        let issuer = Issuer::of_authority(&address)?;
        Ok(Self { oidc: Oidc::new(credentials, address, issuer)? })
    }
}

#[async_trait]
impl IdentityProvider for Microsoft {
    fn origin(&self) -> String {
        self.oidc.origin()
    }

    async fn depart(&self, departure: &Departure<'_>) -> Result<Url, ProviderError> {
        self.oidc.depart(departure, &[("prompt", "select_account")]).await
    }

    async fn arrive(&self, back: &Return<'_>) -> Result<ExternalIdentity, ProviderError> {
        let arrived = self.oidc.arrive(back).await?;
        let claims = &arrived.claims;
        let extra = claims.additional_claims();
        let (Some(tenant), Some(object)) = (extra.tid.as_deref(), extra.oid.as_deref()) else {
            return Err(ProviderError::Untrusted("a token without tenant or object"));
        };
        if !is_id(tenant) || !is_id(object) {
            return Err(ProviderError::Untrusted("a tenant or object that is no id"));
        }
        Ok(ExternalIdentity {
            provider: Provider::Microsoft,
            // Compared with the configured one, tenant by tenant, before it got here.
            issuer: claims.issuer().as_str().to_owned(),
            subject: format!("{tenant}:{object}"),
            email: claims.email().map(|email| email.as_str().to_owned()),
            email_verified: None,
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned()),
            tokens: arrived.tokens,
        })
    }
}

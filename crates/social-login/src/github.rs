//! GitHub: OAuth 2 without `OpenID` Connect. Who somebody is says its API, for the token of
//! this very code; the address is the primary one, vouched for when it is verified there.

use async_trait::async_trait;
use domain::accounts::Provider;
use oauth2::{AccessToken, AuthUrl, EmptyExtraTokenFields, HttpRequest, TokenResponse, TokenUrl};
use serde::Deserialize;
use services::accounts::providers::{Departure, ExternalIdentity, IdentityProvider, ProviderError, Return};
use url::Url;

use crate::{
    Credentials, SetupError,
    client::{self, Endpoints},
    oidc::in_time,
    wire::Wire,
};

const PLACE: &str = "https://github.com";
const API: &str = "https://api.github.com";
/// <https://docs.github.com/rest/about-the-rest-api/api-versions>
const API_VERSION: &str = "2022-11-28";
const SCOPES: [&str; 2] = ["read:user", "user:email"];

pub struct GitHub {
    credentials: Credentials,
    place: String,
    api: String,
    endpoints: Endpoints,
    wire: Wire,
}

#[derive(Deserialize)]
struct User {
    id: u64,
    login: String,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

impl GitHub {
    /// `stand_in` is the address of one on this machine, with its API below it.
    ///
    /// # Errors
    /// When the address can't be used.
    pub fn new(credentials: Credentials, stand_in: Option<&Url>) -> Result<Self, SetupError> {
        let place = stand_in.map_or(PLACE, Url::as_str).trim_end_matches('/').to_owned();
        let api = stand_in.map_or_else(|| API.to_owned(), |_| place.clone());
        let bad = |_| SetupError::Address("is no address");
        Ok(Self {
            wire: Wire::to(&place.parse().map_err(bad)?)?,
            endpoints: Endpoints {
                authorize: AuthUrl::new(format!("{place}/login/oauth/authorize")).map_err(bad)?,
                token: TokenUrl::new(format!("{place}/login/oauth/access_token")).map_err(bad)?,
            },
            credentials,
            place,
            api,
        })
    }

    async fn ask<T: serde::de::DeserializeOwned>(&self, path: &str, token: &AccessToken) -> Result<T, ProviderError> {
        let request: HttpRequest = http::Request::get(format!("{}{path}", self.api))
            .header(http::header::ACCEPT, "application/vnd.github+json")
            .header(http::header::AUTHORIZATION, format!("Bearer {}", token.secret()))
            .header("x-github-api-version", API_VERSION)
            .body(Vec::new())
            .map_err(|_| ProviderError::Untrusted("a token that is none"))?;
        self.wire.read(request).await
    }
}

#[async_trait]
impl IdentityProvider for GitHub {
    fn origin(&self) -> String {
        self.endpoints.authorize.url().origin().ascii_serialization()
    }

    async fn depart(&self, departure: &Departure<'_>) -> Result<Url, ProviderError> {
        let more = [("prompt", "select_account")];
        Ok(client::authorize::<EmptyExtraTokenFields>(&self.credentials, &self.endpoints, departure, &SCOPES, &more))
    }

    async fn arrive(&self, back: &Return<'_>) -> Result<ExternalIdentity, ProviderError> {
        let own = [self.place.clone(), format!("{}/login/oauth", self.place)];
        if back.issuer.is_some_and(|issuer| !own.iter().any(|own| own == issuer)) {
            return Err(ProviderError::Untrusted("the response is another issuer's"));
        }
        in_time(async {
            // It refuses a code with status 200 and an error in place of the token.
            let tokens = client::redeem::<EmptyExtraTokenFields>(
                &self.wire,
                &self.credentials,
                &self.endpoints,
                back,
                ProviderError::CodeRefused,
            )
            .await?;
            let token = tokens.access_token();
            let (user, addresses): (User, Vec<Address>) =
                tokio::try_join!(self.ask("/user", token), self.ask("/user/emails?per_page=100", token))?;
            let primary = addresses.into_iter().find(|address| address.primary);
            Ok(ExternalIdentity {
                provider: Provider::Github,
                issuer: self.place.clone(),
                subject: user.id.to_string(),
                email_verified: primary.as_ref().map(|address| address.verified),
                email: primary.map(|address| address.email),
                name: user.name.or(Some(user.login)),
                tokens: client::kept(&tokens),
            })
        })
        .await
    }
}

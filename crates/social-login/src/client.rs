//! What every provider has in common: the address that browsers are sent to, and the code
//! turned into tokens.

use oauth2::{
    AccessToken, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope,
    StandardRevocableToken, StandardTokenResponse, TokenResponse, TokenUrl,
    basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType},
};
use secrecy::{ExposeSecret, SecretString};
use services::accounts::providers::{Departure, ProviderError, Return};
use url::Url;

use crate::{Credentials, wire::Wire};

/// A token response; `F` is what it holds beside the tokens.
pub(crate) type Tokens<F> = StandardTokenResponse<F, BasicTokenType>;

type OAuth<F> = Client<
    BasicErrorResponse,
    Tokens<F>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Where a provider is asked.
pub(crate) struct Endpoints {
    pub authorize: AuthUrl,
    pub token: TokenUrl,
}

fn client<F: ExtraTokenFields>(credentials: &Credentials, endpoints: &Endpoints, redirect_uri: &Url) -> OAuth<F> {
    Client::new(ClientId::new(credentials.client_id.clone()))
        .set_client_secret(ClientSecret::new(credentials.client_secret.expose_secret().to_owned()))
        // In the body: GitHub reads it there only, and the others read both.
        .set_auth_type(oauth2::AuthType::RequestBody)
        .set_auth_uri(endpoints.authorize.clone())
        .set_token_uri(endpoints.token.clone())
        .set_redirect_uri(RedirectUrl::from_url(redirect_uri.clone()))
}

/// The address to send a browser to.
pub(crate) fn authorize<F: ExtraTokenFields>(
    credentials: &Credentials,
    endpoints: &Endpoints,
    departure: &Departure<'_>,
    scopes: &[&str],
    more: &[(&'static str, &str)],
) -> Url {
    let client = client::<F>(credentials, endpoints, departure.redirect_uri);
    let verifier = PkceCodeVerifier::new(departure.verifier.expose_secret().to_owned());
    let mut request = client
        .authorize_url(|| CsrfToken::new(departure.state.expose_secret().to_owned()))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())));
    for (name, value) in more {
        request = request.add_extra_param(*name, (*value).to_owned());
    }
    request.url().0
}

/// Trades the code in. What the provider writes into an error stays in it.
pub(crate) async fn redeem<F: ExtraTokenFields + Send>(
    wire: &Wire,
    credentials: &Credentials,
    endpoints: &Endpoints,
    back: &Return<'_>,
    unreadable: ProviderError,
) -> Result<Tokens<F>, ProviderError> {
    let client = client::<F>(credentials, endpoints, back.redirect_uri);
    let answer = client
        .exchange_code(AuthorizationCode::new(back.code.expose_secret().to_owned()))
        .set_pkce_verifier(PkceCodeVerifier::new(back.verifier.expose_secret().to_owned()))
        .request_async(wire)
        .await;
    answer.map_err(|error| match error {
        RequestTokenError::ServerResponse(_) => ProviderError::CodeRefused,
        RequestTokenError::Request(error) => error.into(),
        RequestTokenError::Parse(..) => unreadable,
        RequestTokenError::Other(_) => ProviderError::NoAnswer("an empty answer"),
    })
}

/// What is kept of the tokens.
pub(crate) fn kept<F: ExtraTokenFields>(tokens: &Tokens<F>) -> SecretString {
    let kept = serde_json::json!({
        "access_token": AccessToken::secret(tokens.access_token()),
        "refresh_token": tokens.refresh_token().map(RefreshToken::secret),
        "expires_in": tokens.expires_in().map(|span| span.as_secs()),
        "scopes": tokens.scopes(),
    });
    kept.to_string().into()
}

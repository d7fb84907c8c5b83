//! `OpenID` Connect, as Google and Microsoft speak it.
//!
//! What must hold (checks O03, O04): the issuer is the configured one, and its discovery
//! document names itself so; an ID token is RS256 by one of its keys, for us and nobody else,
//! of now, with the nonce of this flow; keys that are new are fetched once, not at will.

use chrono::{DateTime, Utc};
use domain::{Millis, Timestamp};
use oauth2::{AuthUrl, HttpRequest, TokenUrl};
use openidconnect::{
    AdditionalClaims, ClaimsVerificationError, ClientId, EmptyExtraTokenFields, IdToken, IdTokenClaims, IdTokenFields,
    IdTokenVerifier, IssuerUrl, JsonWebKeySetUrl, Nonce, SignatureVerificationError,
    core::{CoreGenderClaim, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use services::accounts::providers::{Departure, ProviderError, Return, STEP_TIMEOUT};
use tokio::{sync::Mutex, time::timeout};
use url::Url;

use crate::{
    Credentials, SetupError,
    client::{self, Endpoints},
    issuer::Issuer,
    wire::Wire,
};

/// For how long a discovery document and its keys are believed.
const KNOWN_FOR: Millis = Millis::hours(1);
/// A token with a key that isn't known has the keys fetched again, this often at most.
const KEYS_AGAIN: Millis = Millis::minutes(1);
/// How far the provider's clock may be from ours.
const LEEWAY: Millis = Millis::seconds(30);
/// A token is fetched right after it was made, so it is younger than a flow.
const OLDEST: Millis = Millis::minutes(10);

const SCOPES: [&str; 3] = ["openid", "email", "profile"];

/// Claims of Microsoft's, beside the standard ones.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Extra {
    pub tid: Option<String>,
    pub oid: Option<String>,
}

impl AdditionalClaims for Extra {}

pub(crate) type Claims = IdTokenClaims<Extra, CoreGenderClaim>;
type Token = IdToken<Extra, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Fields = IdTokenFields<
    Extra,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// What is used of a discovery document.
#[derive(Clone, Debug, Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: AuthUrl,
    token_endpoint: TokenUrl,
    jwks_uri: JsonWebKeySetUrl,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Clone)]
struct Known {
    document: Document,
    keys: CoreJsonWebKeySet,
    since: Timestamp,
    keys_asked: Timestamp,
}

pub(crate) struct Oidc {
    credentials: Credentials,
    address: Url,
    issuer: Issuer,
    wire: Wire,
    /// Asked for one at a time.
    known: Mutex<Option<Known>>,
}

/// Who came back, by a token that held.
pub(crate) struct Arrived {
    pub claims: Claims,
    pub tokens: SecretString,
}

impl Oidc {
    pub(crate) fn new(credentials: Credentials, address: Url, issuer: Issuer) -> Result<Self, SetupError> {
        let wire = Wire::to(&address)?;
        Ok(Self { credentials, address, issuer, wire, known: Mutex::new(None) })
    }

    pub(crate) fn origin(&self) -> String {
        self.address.origin().ascii_serialization()
    }

    pub(crate) async fn depart(
        &self,
        departure: &Departure<'_>,
        more: &[(&'static str, &str)],
    ) -> Result<Url, ProviderError> {
        let known = in_time(self.known(departure.now)).await?;
        let mut params = vec![("nonce", departure.nonce.expose_secret())];
        params.extend_from_slice(more);
        Ok(client::authorize::<Fields>(&self.credentials, &known.document.endpoints(), departure, &SCOPES, &params))
    }

    pub(crate) async fn arrive(&self, back: &Return<'_>) -> Result<Arrived, ProviderError> {
        in_time(async {
            let known = self.known(back.now).await?;
            // Before anything is sent: the code may be for somebody else's token endpoint (RFC 9207).
            match back.issuer {
                Some(issuer) if !self.issuer.answers_as(issuer) => {
                    return Err(ProviderError::Untrusted("the response is another issuer's"));
                }
                None if known.document.authorization_response_iss_parameter_supported => {
                    return Err(ProviderError::Untrusted("the response names no issuer"));
                }
                _ => {}
            }
            let unreadable = ProviderError::Untrusted("a token response that can't be read");
            let tokens =
                client::redeem::<Fields>(&self.wire, &self.credentials, &known.document.endpoints(), back, unreadable)
                    .await?;
            let token = tokens.extra_fields().id_token().ok_or(ProviderError::Untrusted("no ID token"))?;
            let claims = self.claims(token, known, back).await?;
            Ok(Arrived { claims, tokens: client::kept(&tokens) })
        })
        .await
    }

    /// The claims of a token that holds, with new keys if it is by one that isn't known.
    async fn claims(&self, token: &Token, known: Known, back: &Return<'_>) -> Result<Claims, ProviderError> {
        let unknown_key = ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey);
        let first = self.verify(token, &known.keys, back);
        let verified = match first {
            Err(error) if error == unknown_key => match self.newer_keys(&known, back.now).await? {
                Some(keys) => self.verify(token, &keys, back),
                None => Err(error),
            },
            other => other,
        };
        let claims = verified.map_err(|error| untrusted(&error))?;
        self.check(&claims)?;
        Ok(claims)
    }

    /// RS256 only, which is what the library allows unless told otherwise.
    fn verify(
        &self,
        token: &Token,
        keys: &CoreJsonWebKeySet,
        back: &Return<'_>,
    ) -> Result<Claims, ClaimsVerificationError> {
        let (now, id) = (back.now, ClientId::new(self.credentials.client_id.clone()));
        let iat_fits = move |iat: DateTime<Utc>| {
            let iat = Timestamp::from_millis(iat.timestamp_millis());
            if iat <= now + LEEWAY && iat >= now - OLDEST { Ok(()) } else { Err("not of now".to_owned()) }
        };
        // Ours is compared in `check`, where the tenant is known.
        let nobody = IssuerUrl::from_url(self.address.clone());
        let verifier = IdTokenVerifier::new_public_client(id, nobody, keys.clone())
            .require_issuer_match(false)
            .set_time_fn(move || chrono_time(now - LEEWAY))
            .set_issue_time_verifier_fn(iat_fits);
        token.claims(&verifier, &Nonce::new(back.nonce.expose_secret().to_owned())).cloned()
    }

    /// What the library leaves to its caller.
    fn check(&self, claims: &Claims) -> Result<(), ProviderError> {
        if !self.issuer.signs_as(claims.issuer().as_str(), claims.additional_claims().tid.as_deref()) {
            return Err(ProviderError::Untrusted("another issuer's token"));
        }
        let party = claims.authorized_party();
        if party.is_some_and(|party| party.as_str() != self.credentials.client_id) {
            return Err(ProviderError::Untrusted("a token for another party"));
        }
        // OpenID Connect Core, section 2.
        if !(1..=255).contains(&claims.subject().len()) {
            return Err(ProviderError::Untrusted("a token about nobody"));
        }
        Ok(())
    }

    async fn known(&self, now: Timestamp) -> Result<Known, ProviderError> {
        let mut slot = self.known.lock().await;
        if let Some(known) = slot.as_ref().filter(|known| now < known.since + KNOWN_FOR) {
            return Ok(known.clone());
        }
        let document = self.document().await?;
        let keys = self.keys(&document).await?;
        Ok(slot.insert(Known { document, keys, since: now, keys_asked: now }).clone())
    }

    /// Keys that came after those of `than`. None when they were asked for a moment ago.
    async fn newer_keys(&self, than: &Known, now: Timestamp) -> Result<Option<CoreJsonWebKeySet>, ProviderError> {
        let mut slot = self.known.lock().await;
        let Some(known) = slot.as_mut() else { return Ok(None) };
        if known.keys_asked > than.keys_asked {
            return Ok(Some(known.keys.clone()));
        }
        if known.keys != than.keys || now < known.keys_asked + KEYS_AGAIN {
            return Ok(None);
        }
        // Whether or not it answers: an unknown key must not have us ask for every token.
        known.keys_asked = now;
        known.keys = self.keys(&than.document).await?;
        Ok(Some(known.keys.clone()))
    }

    async fn document(&self) -> Result<Document, ProviderError> {
        let address = self.issuer.discovery_address().ok_or(ProviderError::NoAnswer("no address to discover"))?;
        let document: Document = self.wire.read(get(&address)?).await?;
        if !self.issuer.is_named_by(&document.issuer) {
            return Err(ProviderError::Untrusted("a discovery document of another issuer"));
        }
        // The content security policy names this origin; the others are asked by us.
        if document.authorization_endpoint.url().origin() != self.address.origin() {
            return Err(ProviderError::Untrusted("it sends browsers elsewhere"));
        }
        Ok(document)
    }

    async fn keys(&self, document: &Document) -> Result<CoreJsonWebKeySet, ProviderError> {
        self.wire.read(get(document.jwks_uri.url())?).await
    }
}

impl Document {
    fn endpoints(&self) -> Endpoints {
        Endpoints { authorize: self.authorization_endpoint.clone(), token: self.token_endpoint.clone() }
    }
}

fn get(address: &Url) -> Result<HttpRequest, ProviderError> {
    http::Request::get(address.as_str())
        .header(http::header::ACCEPT, "application/json")
        .body(Vec::new())
        .map_err(|_| ProviderError::NoAnswer("an address that can't be asked"))
}

/// The bound on a whole step.
pub(crate) async fn in_time<T>(step: impl Future<Output = Result<T, ProviderError>>) -> Result<T, ProviderError> {
    timeout(STEP_TIMEOUT, step).await.unwrap_or(Err(ProviderError::NoAnswer("too slow")))
}

fn chrono_time(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.as_millis()).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Says which check failed and nothing of the token.
fn untrusted(error: &ClaimsVerificationError) -> ProviderError {
    ProviderError::Untrusted(match error {
        ClaimsVerificationError::Expired(_) => "a token that is not of now",
        ClaimsVerificationError::InvalidAudience(_) => "a token for another audience",
        ClaimsVerificationError::InvalidNonce(_) => "a token of another flow",
        ClaimsVerificationError::SignatureVerification(_) => "a signature that does not hold",
        _ => "a token that does not hold",
    })
}

//! Signing in with Google, GitHub and Microsoft: the only room that speaks OAuth 2 and
//! `OpenID` Connect to others. Each provider is one file; [`oidc`] is what two of them share,
//! and [`wire`] is the only way out.

mod client;
mod github;
mod google;
mod issuer;
mod microsoft;
mod oidc;
mod wire;

use secrecy::SecretString;
use thiserror::Error;
use url::Url;

pub use github::GitHub;
pub use google::Google;
pub use microsoft::Microsoft;

/// What a provider knows us by.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub client_id: String,
    pub client_secret: SecretString,
}

/// Why a provider can't be set up. The address comes from configuration and is no secret.
#[derive(Debug, Error)]
pub enum SetupError {
    #[error("can't be used: {0}")]
    Address(&'static str),
    #[error("TLS can't be set up")]
    Tls,
}

/// Whether an address is on this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

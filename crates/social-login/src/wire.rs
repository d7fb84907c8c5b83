//! The way out, with its bounds (check O09): https to named hosts, or loopback when the
//! provider is a stand-in there; no redirect is followed; no answer is read beyond
//! [`LARGEST`]. What an answer says never gets into an error or a log.

use std::{future::Future, pin::Pin, time::Duration};

use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{Client, redirect::Policy};
use serde::de::DeserializeOwned;
use services::accounts::providers::ProviderError;
use thiserror::Error;
use url::Url;

use crate::{SetupError, is_loopback};

/// Google's keys, the largest thing that is fetched, are a few kilobytes.
const LARGEST: usize = 256 * 1024;
const CONNECT: Duration = Duration::from_secs(3);
/// One request. A step makes up to three, and has its own bound.
const REQUEST: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, Error)]
pub(crate) enum WireError {
    #[error("an address that is not asked")]
    Address,
    #[error("out of reach, or too slow")]
    Unreachable,
    #[error("a larger answer than there can be")]
    TooLarge,
    #[error("a redirect or a failure")]
    Status,
}

impl From<WireError> for ProviderError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Address => Self::NoAnswer("it names an address that is not asked"),
            WireError::Unreachable => Self::NoAnswer("out of reach, or too slow"),
            WireError::TooLarge => Self::NoAnswer("a larger answer than there can be"),
            WireError::Status => Self::NoAnswer("a redirect or a failure"),
        }
    }
}

pub(crate) struct Wire {
    http: Client,
    /// The provider is a stand-in on this machine, and so is everything of it.
    loopback: bool,
}

impl Wire {
    pub(crate) fn to(provider: &Url) -> Result<Self, SetupError> {
        let loopback = is_loopback(provider);
        let mut builder = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .timeout(REQUEST)
            .user_agent("Portico")
            .https_only(!loopback);
        if loopback {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|_| SetupError::Tls)?;
        let wire = Self { http, loopback };
        if wire.may_ask(provider) { Ok(wire) } else { Err(SetupError::Address("must be https")) }
    }

    /// A provider's own word decides where its endpoints are, so it can't lead inside: a
    /// number for a host is none of theirs (169.254.169.254, say).
    pub(crate) fn may_ask(&self, url: &Url) -> bool {
        if self.loopback {
            return is_loopback(url) && matches!(url.scheme(), "http" | "https");
        }
        url.scheme() == "https" && matches!(url.host(), Some(url::Host::Domain(_))) && !is_loopback(url)
    }

    /// Reads JSON.
    pub(crate) async fn read<T: DeserializeOwned>(&self, request: HttpRequest) -> Result<T, ProviderError> {
        let answer = self.send(request).await?;
        if answer.status() != http::StatusCode::OK {
            return Err(WireError::Status.into());
        }
        serde_json::from_slice(answer.body()).map_err(|_| ProviderError::NoAnswer("an answer that can't be read"))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, WireError> {
        let request: reqwest::Request = request.try_into().map_err(|_| WireError::Address)?;
        if !self.may_ask(request.url()) {
            return Err(WireError::Address);
        }
        let mut answer = self.http.execute(request).await.map_err(|_| WireError::Unreachable)?;
        let status = answer.status();
        if status.is_redirection() || status.is_server_error() {
            return Err(WireError::Status);
        }
        let mut response = http::Response::new(Vec::new());
        *response.status_mut() = status;
        *response.headers_mut() = answer.headers().clone();
        while let Some(chunk) = answer.chunk().await.map_err(|_| WireError::Unreachable)? {
            let body = response.body_mut();
            if body.len() + chunk.len() > LARGEST {
                return Err(WireError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = WireError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, WireError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o09_only_hosts_with_names_are_asked_and_by_https() {
        let url = |text: &str| text.parse::<Url>().unwrap();
        let wire = Wire::to(&url("https://accounts.google.com")).unwrap();
        for (address, may) in [
            ("https://oauth2.googleapis.com/token", true),
            ("http://oauth2.googleapis.com/token", false),
            ("https://169.254.169.254/latest/meta-data", false),
            ("http://169.254.169.254/latest/meta-data", false),
            ("https://[fd00::1]/", false),
            ("https://2852039166/", false),
            ("https://localhost/", false),
            ("https://127.0.0.1/", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(wire.may_ask(&url(address)), may, "{address}");
        }
        let stand_in = Wire::to(&url("http://127.0.0.1:8080")).unwrap();
        assert!(stand_in.may_ask(&url("http://127.0.0.1:9/keys")) && stand_in.may_ask(&url("http://localhost/")));
        for elsewhere in ["http://169.254.169.254/", "https://example.com/", "http://10.0.0.1/"] {
            assert!(!stand_in.may_ask(&url(elsewhere)), "{elsewhere}");
        }
        assert!(Wire::to(&url("http://example.com")).is_err());
    }
}

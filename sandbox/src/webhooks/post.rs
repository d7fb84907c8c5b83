//! One HTTP request to a receiver.

use std::time::{Duration, Instant};

use reqwest::Client;
use reqwest::redirect::Policy;

use super::target::is_on_this_machine;

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    pub status: Option<u16>,
    pub latency_ms: u64,
    pub error: Option<String>,
}

impl Outcome {
    /// Nothing was sent.
    pub fn unsent(error: &str) -> Self {
        Self { status: None, latency_ms: 0, error: Some(error.to_owned()) }
    }
}

/// A client that goes straight to its target: no proxy, no redirects, nothing remembered.
///
/// # Errors
/// When the machine gives no client, which then every delivery says.
pub fn client() -> reqwest::Result<Client> {
    Client::builder().redirect(Policy::none()).no_proxy().pool_max_idle_per_host(8).build()
}

/// Posts an event's bytes and reads the whole answer, within `timeout`.
pub async fn post(client: &Client, url: &str, body: Vec<u8>, signature: &str, timeout: Duration) -> Outcome {
    if !is_on_this_machine(url) {
        return Outcome::unsent("the sandbox sends to http on this machine only");
    }
    let started = Instant::now();
    let request = client
        .post(url)
        .timeout(timeout)
        .header("content-type", "application/json; charset=utf-8")
        .header("user-agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .header("cache-control", "no-cache")
        .header("stripe-signature", signature)
        .body(body);
    let answered = match request.send().await {
        // An answer that breaks off is none.
        Ok(response) => {
            let status = response.status().as_u16();
            response.bytes().await.map(|_| status)
        }
        Err(error) => Err(error),
    };
    let latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    match answered {
        Ok(status) => Outcome { status: Some(status), latency_ms, error: None },
        Err(error) => Outcome { status: None, latency_ms, error: Some(said(&error)) },
    }
}

/// The error in a few words, with its innermost cause.
fn said(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

//! The frame of the hosted pages, with its protective headers.
//!
//! What must hold: nothing is loaded from anywhere, no script runs, nobody frames the page, no
//! address leaks as a referrer, nothing is stored by caches. A form is sent to the page's own
//! origin only; browsers apply `form-action` to the redirect that answers it as well, so the
//! origins that answer may lead to are named one by one.

use std::sync::OnceLock;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};
use url::Url;

const STYLE: &str = include_str!("style.css");

/// A page's surroundings.
pub struct Frame<'a> {
    pub status: StatusCode,
    pub title: &'a str,
    /// Addresses elsewhere that the answer to one of the page's forms may redirect to.
    pub leads_to: Vec<&'a str>,
}

impl Frame<'_> {
    /// The whole page around `inside`, which holds the `main` element.
    pub fn around(&self, inside: &Markup) -> Response {
        let whole = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    link rel="icon" href="data:,";
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header { p.banner role="note" data-testid="sandbox-banner" { "Sandbox - no real money" } }
                    (inside)
                }
            }
        };
        let mut response = (self.status, Html(whole.into_string())).into_response();
        let policy = policy(&self.leads_to);
        for (name, value) in [
            (header::CACHE_CONTROL, "no-store"),
            (header::CONTENT_SECURITY_POLICY, policy.as_str()),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (HeaderName::from_static("x-robots-tag"), "noindex"),
        ] {
            // Origins are ASCII without control characters: none of these can fail.
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

fn policy(leads_to: &[&str]) -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    let hash = HASH.get_or_init(|| STANDARD.encode(Sha256::digest(STYLE)));
    let mut targets = vec!["'self'".to_owned()];
    for origin in leads_to.iter().filter_map(|address| origin(address)) {
        if !targets.contains(&origin) {
            targets.push(origin);
        }
    }
    format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{hash}'; base-uri 'none'; form-action {}; \
         frame-ancestors 'none'",
        targets.join(" ")
    )
}

fn origin(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    ["http", "https"].contains(&url.scheme()).then(|| url.origin().ascii_serialization())
}

/// A page that only says something, perhaps with a way on: `(address, words)`.
pub fn notice(status: StatusCode, title: &str, text: &str, way_on: Option<(&str, &str)>) -> Response {
    let inside = html! {
        main.frame.narrow {
            div.sheet {
                h1 { (title) }
                p.soft { (text) }
                @if let Some((address, words)) = way_on {
                    p { a.button href=(address) data-testid="way-on" { (words) } }
                }
            }
        }
    };
    Frame { status, title, leads_to: Vec::new() }.around(&inside)
}

/// 303: the answer to a form, so that going back and reloading ask for a page again.
pub fn see_other(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    match HeaderValue::from_str(address) {
        Ok(address) => {
            response.headers_mut().insert(header::LOCATION, address);
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
            response
        }
        // Addresses are checked when they are given to a session; this one was not.
        Err(_) => notice(StatusCode::INTERNAL_SERVER_ERROR, "No way on", "The return address can't be sent.", None),
    }
}

#[cfg(test)]
mod tests {
    use super::policy;

    #[test]
    fn forms_lead_to_the_named_origins_only() {
        let policy = policy(&["https://a.test/back?x=1", "https://a.test/other", "javascript:alert(1)", "nonsense"]);
        assert!(policy.contains("form-action 'self' https://a.test; "), "{policy}");
    }
}

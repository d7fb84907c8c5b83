//! The frame of every page, with its protective headers.

use std::sync::OnceLock;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use super::html::escape;

const STYLE: &str = include_str!("style.css");

/// Nothing may be loaded, sent or framed; the one style sheet in the page is known by its hash.
fn policy() -> &'static str {
    static POLICY: OnceLock<String> = OnceLock::new();
    POLICY.get_or_init(|| {
        let hash = STANDARD.encode(Sha256::digest(STYLE));
        format!(
            "default-src 'none'; img-src data:; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'"
        )
    })
}

/// A whole page. `title` is text, `inside` is HTML that stands between banner and end.
pub fn page(status: StatusCode, title: &str, inside: &str) -> Response {
    let title = escape(title);
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"data:,\">\
         <title>{title}</title><style>{STYLE}</style></head>\
         <body>{inside}</body></html>"
    );
    let mut response = (status, Html(html)).into_response();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, policy()),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ] {
        // The values are known here and hold no character that a header can't.
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The banner that stands on top of every page.
pub const BANNER: &str = "<p class=\"banner\" role=\"note\" data-testid=\"sandbox-banner\">Sandbox - no real money</p>";

/// A page that only says something.
pub fn notice(status: StatusCode, title: &str, text: &str) -> Response {
    let (heading, text) = (escape(title), escape(text));
    let inside = format!(
        "<header>{BANNER}</header><main class=\"frame\"><div class=\"sheet\"><h1>{heading}</h1>\
         <p class=\"soft\">{text}</p></div></main>"
    );
    page(status, title, &inside)
}

/// Any path that leads nowhere.
pub async fn not_found() -> Response {
    notice(StatusCode::NOT_FOUND, "Not found", "The sandbox has no page at this address.")
}

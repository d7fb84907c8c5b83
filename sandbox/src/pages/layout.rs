//! The frame of every page, with its protective headers.

use std::sync::OnceLock;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use super::html::escape;

const STYLE: &str = include_str!("style.css");

const LIVE: &str = include_str!("front/live.js");

/// What a page may do besides being read. Nothing may be framed or loaded from elsewhere; the style
/// sheet and the script in the page are known by their hashes.
fn policy(is_acting: bool, is_live: bool) -> String {
    static HASHES: OnceLock<[String; 2]> = OnceLock::new();
    let [style, script] = HASHES.get_or_init(|| [STYLE, LIVE].map(|text| STANDARD.encode(Sha256::digest(text))));
    let form = if is_acting { "'self'" } else { "'none'" };
    let live = if is_live { format!("script-src 'sha256-{script}'; connect-src 'self'; ") } else { String::new() };
    format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{style}'; {live}base-uri 'none'; form-action {form}; \
         frame-ancestors 'none'"
    )
}

/// A whole page. `title` is text, `inside` is HTML that stands between banner and end.
pub fn page(status: StatusCode, title: &str, inside: &str) -> Response {
    whole(status, title, "", inside, &policy(false, false))
}

/// A page with forms; a live one looks for news by itself, with JavaScript or without.
pub fn live_page(status: StatusCode, title: &str, inside: &str, is_live: bool) -> Response {
    if !is_live {
        return whole(status, title, "", inside, &policy(true, false));
    }
    let refresh = "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>";
    whole(status, title, refresh, &format!("{inside}<script>{LIVE}</script>"), &policy(true, true))
}

fn whole(status: StatusCode, title: &str, head: &str, inside: &str, policy: &str) -> Response {
    let title = escape(title);
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"data:,\">{head}\
         <title>{title}</title><style>{STYLE}</style></head>\
         <body>{inside}</body></html>"
    );
    let mut response = (status, Html(html)).into_response();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, policy),
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

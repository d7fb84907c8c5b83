//! The step that lets a SameSite=Strict cookie survive a return from another site.
//!
//! A browser that follows a link or a redirect from elsewhere (the billing portal,
//! a mail) sends the first request without the cookie. It is answered with a page
//! that loads the same address again; that request is our own, and carries it.
//! It can't loop: the second request says `same-origin`.

use axum::{
    extract::Request,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, header::CONTENT_SECURITY_POLICY};

use super::chain::Next;

/// Seen for a moment at most, so it is quiet, in the colours of the pages before and after it.
const STYLE: &str = "html{color-scheme:light dark;background:light-dark(oklch(97.2% 0.007 85),oklch(20.5% 0.02 250));\
    color:light-dark(oklch(45% 0.02 250),oklch(75% 0.01 85));font:1rem/1.5 ui-sans-serif,system-ui,sans-serif}\
    body{display:grid;min-height:100vh;margin:0;place-content:center}";
/// Of [`STYLE`]: nothing else may be in the page, and nothing is loaded for it.
const POLICY: &str = "default-src 'none'; style-src 'sha256-gST+2P2agCVk39BQHcnOKXkOh66qamDBCQiLSUHWIdU='; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub async fn step(request: Request, next: Next) -> Response {
    if *request.method() == Method::GET && is_page_from_elsewhere(request.headers()) {
        return ([(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY))], Html(page())).into_response();
    }
    next.run(request).await
}

fn page() -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"refresh\" content=\"0\"><title>One moment · Portico</title><style>{STYLE}</style></head>\
         <body><p>One moment…</p></body></html>"
    )
}

fn is_page_from_elsewhere(headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|given| given == value);
    // A sibling host is another origin, but the same site: its requests carry the cookie.
    is("sec-fetch-site", "cross-site") && is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document")
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn h01_the_policy_names_the_style_that_is_there() {
        let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(STYLE)));
        assert!(POLICY.contains(&hash), "{hash}");
        assert!(page().contains(&format!("<style>{STYLE}</style>")));
    }
}

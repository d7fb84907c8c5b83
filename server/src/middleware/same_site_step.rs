//! The step that lets a SameSite=Strict cookie survive a return from another site.
//!
//! A browser that follows a link or a redirect from elsewhere (the billing portal,
//! a mail) sends the first request without the cookie. It is answered with a page
//! that loads the same address again; that request is our own, and carries it.
//! It can't loop: the second request says `same-origin`.

use axum::{
    extract::Request,
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, header::CONTENT_SECURITY_POLICY};

const STEP: &str = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
    <meta name=\"color-scheme\" content=\"light dark\"><meta http-equiv=\"refresh\" content=\"0\">\
    <title>Portico</title></head><body><p>One moment…</p></body></html>";

pub async fn step(request: Request, next: Next) -> Response {
    if *request.method() == Method::GET && is_page_from_elsewhere(request.headers()) {
        let policy = HeaderValue::from_static("default-src 'none'; base-uri 'none'; frame-ancestors 'none'");
        return ([(CONTENT_SECURITY_POLICY, policy)], Html(STEP)).into_response();
    }
    next.run(request).await
}

fn is_page_from_elsewhere(headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|given| given == value);
    // A sibling host is another origin, but the same site: its requests carry the cookie.
    is("sec-fetch-site", "cross-site") && is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document")
}

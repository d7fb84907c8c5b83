//! Other sites, in the browser of who runs the sandbox, must reach neither its controls nor its front page.
//!
//! What must hold: a request there names this machine or the public origin as its host (else a
//! name was bent to point here), and comes from a page of the same host, or from no page.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::memory::Sandbox;

/// Answers 403 to what comes from another site.
pub async fn guard(State(sandbox): State<Arc<Sandbox>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_guarded = path == "/" || ["/_sandbox/", "/clocks/", "/deliveries/"].iter().any(|at| path.starts_with(at));
    if is_guarded && !is_own(request.headers(), &sandbox.public_url) {
        return (StatusCode::FORBIDDEN, "The request came from another site.").into_response();
    }
    next.run(request).await
}

fn is_own(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("not text"));
    let host = text("host").unwrap_or_default();
    let is_public = public_url.split_once("://").is_some_and(|(_, authority)| authority == host);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_here = is_public || ["localhost", "127.0.0.1", "[::1]"].contains(&name);
    let is_same = |origin: &str| origin.split_once("://").is_some_and(|(_, authority)| authority == host);
    // A link from elsewhere may lead to the front page, but a page elsewhere may not fetch it.
    let is_visit = text("sec-fetch-mode") == Some("navigate") && text("origin").is_none();
    let is_near = |site: &str| is_visit || ["same-origin", "none"].contains(&site);
    is_here && text("origin").is_none_or(is_same) && text("sec-fetch-site").is_none_or(is_near)
}

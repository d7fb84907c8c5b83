//! Tokens that come in the address, from a link in a mail (check P03).
//!
//! What must hold: the page is shown at an address without the token, so that no history,
//! Referer or screenshot has it; looking at the page uses nothing up, so that a mail scanner
//! that follows links does no harm. The token waits in a cookie that scripts don't see and
//! that goes to this site only; what it is good for is decided when a form is sent.

use std::sync::Arc;

use app::request::LinkToken;
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use domain::Millis;
use http::{
    HeaderMap, HeaderValue, Method, StatusCode, Uri,
    header::{COOKIE, LOCATION, SET_COOKIE},
};

use super::chain::Next;

/// Where links lead.
const PAGES: [&str; 4] = ["/verify-email", "/reset-password", "/account/email", INVITATIONS];
/// These have the token in their path: `/invitations/{token}`.
const INVITATIONS: &str = "/invitations";
/// Long enough to sign in first, or to think of a password.
const LIVES: Millis = Millis::minutes(30);
/// 256 bits in base64url.
const LENGTH: usize = 43;

#[derive(Clone)]
pub struct LinkCookie {
    name: Arc<str>,
    secure: &'static str,
}

impl LinkCookie {
    pub fn new(https: bool) -> Self {
        let (name, secure) = if https { ("__Host-portico_link", "; Secure") } else { ("portico_link", "") };
        Self { name: name.into(), secure }
    }

    fn header(&self, token: &str) -> Option<HeaderValue> {
        let (Self { name, secure }, max_age) = (self, LIVES.0 / 1000);
        let cookie = format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age}{secure}");
        let mut value = HeaderValue::from_str(&cookie).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    fn read(&self, headers: &HeaderMap) -> Option<String> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, value)| *name == &*self.name && is_token(value))
            .map(|(_, value)| value.to_owned())
    }
}

pub async fn carry(State(cookie): State<LinkCookie>, mut request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads {
        return next.run(request).await;
    }
    if let Some(token) = request.uri().path().strip_prefix("/invitations/") {
        return without_token(INVITATIONS, &cookie, token);
    }
    if !PAGES.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    if let Some(token) = in_address(request.uri()) {
        return without_token(request.uri().path(), &cookie, &token);
    }
    if let Some(token) = cookie.read(request.headers()) {
        request.extensions_mut().insert(LinkToken(token.into()));
    }
    next.run(request).await
}

fn in_address(uri: &Uri) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(uri.query()?.as_bytes());
    pairs.find(|(name, _)| name == "token").map(|(_, value)| value.into_owned())
}

/// The same page, by an address that may be seen. What can't be a token leaves no cookie.
fn without_token(path: &str, cookie: &LinkCookie, token: &str) -> Response {
    let Ok(page) = HeaderValue::from_str(path) else { return StatusCode::BAD_REQUEST.into_response() };
    let mut response = (StatusCode::SEE_OTHER, [(LOCATION, page)]).into_response();
    if let Some(carried) = is_token(token).then(|| cookie.header(token)).flatten() {
        response.headers_mut().append(SET_COOKIE, carried);
    }
    response
}

fn is_token(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

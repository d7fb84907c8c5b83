//! Which browser is asking: what it says of itself, and whether it was here before. A browser is
//! given its cookie when somebody signs in; it opens nothing.

use app::request::SeenBrowser;
use axum::{
    extract::{Request, State},
    response::Response,
};
use domain::{
    Millis,
    accounts::{BROWSER_COOKIE_DAYS, USER_AGENT_MAX},
};
use http::{
    HeaderMap,
    header::{SET_COOKIE, USER_AGENT},
};
use secrecy::ExposeSecret;

use super::{
    chain::Next,
    own_cookie::{OwnCookie, Site},
};

/// A token's: 256 bits in base64url.
const LENGTH: usize = 43;

/// Lax: signing in may end with a page that another site leads to.
pub fn cookie(https: bool) -> OwnCookie {
    OwnCookie::new(https, "portico_device", Site::Lax, LENGTH)
}

pub async fn know(State(cookie): State<OwnCookie>, mut request: Request, next: Next) -> Response {
    let token = cookie.read(request.headers()).map(Into::into);
    let seen = SeenBrowser::new(user_agent(request.headers()), token);
    request.extensions_mut().insert(seen.clone());
    let mut response = next.run(request).await;
    let given = seen.take_given();
    let header =
        given.and_then(|token| cookie.header(token.expose_secret(), Millis::days(BROWSER_COOKIE_DAYS).0 / 1000));
    if let Some(header) = header {
        response.headers_mut().append(SET_COOKIE, header);
    }
    response
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    // Text outside ASCII is no browser's.
    let text = headers.get(USER_AGENT)?.to_str().ok()?;
    Some(text.chars().take(USER_AGENT_MAX).collect())
}

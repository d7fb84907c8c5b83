//! What a form leaves for the next page: stored under a hash, named by a short-lived
//! cookie, read once.

use app::flash::Flash;
use axum::{
    extract::{Request, State},
    response::Response,
};
use domain::Millis;
use http::{HeaderValue, Method, header::SET_COOKIE};
use services::Services;
use sha2::{Digest, Sha256};

use super::{
    chain::Next,
    own_cookie::{OwnCookie, Site},
};

const LIVES: Millis = Millis::minutes(5);

#[derive(Clone)]
pub struct Flashes {
    pub services: Services,
    pub cookie: OwnCookie,
}

pub fn cookie(https: bool) -> OwnCookie {
    OwnCookie::new(https, "portico_flash", Site::Strict, 32)
}

fn hash(key: &str) -> String {
    format!("{:x}", Sha256::digest(key))
}

impl Flashes {
    /// Stores it; the header that names it. None when it can't be stored: the page comes without it then.
    pub async fn leave(&self, flash: &Flash) -> Option<HeaderValue> {
        let key = self.services.entropy().uuid().simple().to_string();
        let content = serde_json::to_string(flash).ok()?;
        let expires = self.services.now() + LIVES;
        if let Err(error) = self.services.store().insert_flash(&hash(&key), &content, expires).await {
            tracing::warn!(%error, "a form's message was lost");
            return None;
        }
        self.cookie.header(&key, LIVES.0 / 1000)
    }

    async fn take(&self, key: &str) -> Option<Flash> {
        let content = self.services.store().take_flash(&hash(key), self.services.now()).await.ok()??;
        serde_json::from_str(&content).ok()
    }
}

pub async fn read(State(flashes): State<Flashes>, mut request: Request, next: Next) -> Response {
    let key = (*request.method() == Method::GET).then(|| flashes.cookie.read(request.headers())).flatten();
    let Some(key) = key else { return next.run(request).await };
    if let Some(flash) = flashes.take(&key).await {
        request.extensions_mut().insert(flash);
    }
    let mut response = next.run(request).await;
    // Unless a new one was left in its place.
    if !flashes.cookie.is_set_by(&response)
        && let Some(gone) = flashes.cookie.header("", 0)
    {
        response.headers_mut().append(SET_COOKIE, gone);
    }
    response
}

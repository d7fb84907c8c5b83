//! The cookie that takes the session's cookie away.
//!
//! tower-sessions 0.15 writes it without the attributes of the one it removes, and
//! browsers ignore a `__Host-` cookie that isn't `Secure`: the dead id would stay
//! in the browser (check S01).

use axum::{
    extract::{Request, State},
    response::Response,
};
use http::{HeaderValue, header::SET_COOKIE};

use super::chain::Next;

#[derive(Clone, Copy)]
pub struct SessionCookie {
    pub name: &'static str,
    pub secure: bool,
}

impl SessionCookie {
    pub const fn new(https: bool) -> Self {
        Self { name: if https { "__Host-portico" } else { "portico" }, secure: https }
    }

    fn removal(self) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        HeaderValue::from_str(&format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}", self.name)).ok()
    }
}

pub async fn mend_removal(State(cookie): State<SessionCookie>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let empty = format!("{}=;", cookie.name);
    let is_removal = |value: &HeaderValue| value.as_bytes().starts_with(empty.as_bytes());
    if response.headers().get_all(SET_COOKIE).iter().any(is_removal) {
        let others: Vec<HeaderValue> =
            response.headers().get_all(SET_COOKIE).iter().filter(|value| !is_removal(value)).cloned().collect();
        response.headers_mut().remove(SET_COOKIE);
        for value in others.into_iter().chain(cookie.removal()) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    response
}

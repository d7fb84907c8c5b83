//! A cookie of ours beside the session's: bound to this host where there is TLS, and out of
//! reach for scripts.

use std::sync::Arc;

use axum::response::Response;
use http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, SET_COOKIE},
};

/// Which requests from other sites it goes along with.
#[derive(Clone, Copy)]
pub enum Site {
    /// None.
    Strict,
    /// Those that open a page of ours.
    Lax,
}

#[derive(Clone)]
pub struct OwnCookie {
    name: Arc<str>,
    secure: &'static str,
    site: &'static str,
    /// Any other value is none of ours.
    length: usize,
}

impl OwnCookie {
    pub fn new(https: bool, name: &str, site: Site, length: usize) -> Self {
        let (prefix, secure) = if https { ("__Host-", "; Secure") } else { ("", "") };
        let site = match site {
            Site::Strict => "Strict",
            Site::Lax => "Lax",
        };
        Self { name: format!("{prefix}{name}").into(), secure, site, length }
    }

    /// What sets it; `max_age` in seconds, 0 removes it.
    pub fn header(&self, value: &str, max_age: i64) -> Option<HeaderValue> {
        let Self { name, secure, site, .. } = self;
        let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite={site}; Max-Age={max_age}{secure}");
        let mut header = HeaderValue::from_str(&cookie).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// Whether a reply sets it.
    pub fn is_set_by(&self, response: &Response) -> bool {
        let begins = format!("{}=", self.name);
        response.headers().get_all(SET_COOKIE).iter().any(|value| value.as_bytes().starts_with(begins.as_bytes()))
    }

    pub fn read(&self, headers: &HeaderMap) -> Option<String> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, value)| *name == &*self.name && value.len() == self.length)
            .map(|(_, value)| value.to_owned())
    }
}

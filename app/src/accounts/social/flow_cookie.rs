//! The cookie that says in which browser a way to a provider began (check O01). Lax, because
//! the browser comes back from another site; short-lived, and gone with the way back.

use http::{HeaderValue, header::COOKIE};
use secrecy::{ExposeSecret, SecretString};

use crate::request::{method_and_headers, services, set_cookie};

const SECONDS: i64 = 600;

fn name() -> (&'static str, &'static str) {
    let https = services().is_ok_and(|services| services.settings().base_url.scheme() == "https");
    if https { ("__Host-portico_flow", "; Secure") } else { ("portico_flow", "") }
}

fn write(value: &str, max_age: i64) {
    let (name, secure) = name();
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}");
    if let Ok(mut cookie) = HeaderValue::from_str(&cookie) {
        cookie.set_sensitive(true);
        set_cookie(cookie);
    }
}

pub fn set(browser: &SecretString) {
    write(browser.expose_secret(), SECONDS);
}

pub fn remove() {
    write("", 0);
}

pub fn read() -> Option<SecretString> {
    let (name, _) = name();
    let (_, headers) = method_and_headers()?;
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(given, value)| *given == name && value.len() == 43)
        .map(|(_, value)| value.to_owned().into())
}

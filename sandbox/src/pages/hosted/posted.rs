//! A posted form: its fields, and whether it came from the page it claims to come from.
//!
//! The address of a hosted page is its bearer secret. Each of its forms carries a token derived
//! from that secret, and a browser that says the post comes from another site is refused.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::HeaderMap;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use maud::{Markup, html};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

/// A field that tells one form of a page from another, and the token's.
const TOKEN: &str = "token";

/// The fields of a form whose token was right. Of a name given twice the last counts.
#[derive(Debug, Default)]
pub struct Posted(BTreeMap<String, String>);

/// A post that no page of ours sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Forged;

impl Posted {
    /// Reads a form that must come from the page behind `secret`.
    pub fn read(headers: &HeaderMap, body: &Bytes, secret: &str) -> Result<Self, Forged> {
        let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if ["cross-site", "same-site"].contains(&said("sec-fetch-site")) {
            return Err(Forged);
        }
        let fields: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
        if fields.get(TOKEN).map(String::as_str) != Some(token(secret).as_str()) {
            return Err(Forged);
        }
        Ok(Self(fields))
    }

    /// A field without spaces around it, empty when it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    /// A field that is not empty.
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }
}

/// The hidden field of every form on the page behind `secret`.
pub fn token_field(secret: &str) -> Markup {
    html! { input type="hidden" name=(TOKEN) value=(token(secret)); }
}

fn token(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("form of the hosted page {secret}")))
}

#[cfg(test)]
mod tests {
    use super::{Forged, Posted, token};
    use axum::body::Bytes;
    use axum::http::HeaderMap;

    #[test]
    fn a_form_of_another_page_or_site_is_refused() {
        let own = Bytes::from(format!("a=+b+&token={}", token("s1")));
        let read = |site: Option<&str>, body: &Bytes, secret: &str| {
            let mut headers = HeaderMap::new();
            if let Some(site) = site {
                headers.insert("sec-fetch-site", site.parse().unwrap());
            }
            Posted::read(&headers, body, secret).map(|posted| posted.text("a").to_owned())
        };
        assert_eq!(read(None, &own, "s1"), Ok("b".to_owned()));
        assert_eq!(read(Some("same-origin"), &own, "s1"), Ok("b".to_owned()));
        assert_eq!(read(Some("cross-site"), &own, "s1"), Err(Forged));
        assert_eq!(read(None, &own, "s2"), Err(Forged));
        assert_eq!(read(None, &Bytes::from("a=b"), "s1"), Err(Forged));
    }
}

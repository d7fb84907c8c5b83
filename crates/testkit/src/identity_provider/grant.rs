//! Somebody says yes there.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rsa::sha2::{Digest, Sha256};
use serde_json::{Value, json};
use url::Url;

use super::{CLIENT, IdentityProvider, SECRET, TENANTS};

/// Who somebody is there.
#[derive(Clone, Debug)]
pub struct Someone(pub(super) Value);

impl Someone {
    pub fn new(sub: &str) -> Self {
        Self(json!({ "sub": sub, "name": "Ann Example", "tid": TENANTS[0], "oid": TENANTS[1] }))
    }

    /// With an address that is vouched for.
    pub fn verified(sub: &str, email: &str) -> Self {
        Self::new(sub).with("email", json!(email)).with("email_verified", json!(true))
    }

    #[must_use]
    pub fn with(mut self, claim: &str, value: Value) -> Self {
        self.0[claim] = value;
        self
    }
}

/// What a code stands for.
pub(super) struct Granted {
    pub someone: Value,
    pub nonce: String,
    pub challenge: String,
    pub redirect_uri: String,
    pub is_microsoft: bool,
}

impl IdentityProvider {
    /// What the browser is sent back with: path and query of our own address.
    ///
    /// # Panics
    /// When the address is not what a strict provider takes.
    pub fn grant(&self, address: &str, someone: &Someone) -> String {
        let address: Url = address.parse().expect("an address");
        assert!(address.as_str().starts_with(&format!("{}/", self.url)), "to this provider: {address}");
        let asked: HashMap<String, String> = address.query_pairs().into_owned().collect();
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT);
        assert_eq!(asked["code_challenge_method"], "S256", "never plain");
        assert_eq!((asked["code_challenge"].len(), asked["state"].len(), asked["nonce"].len()), (43, 43, 43));
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"), "{}", asked["scope"]);
        assert!(!address.as_str().contains(SECRET));
        let redirect_uri: Url = asked["redirect_uri"].parse().expect("an address");
        let is_microsoft = address.path() == "/microsoft/authorize";
        let mut inside = self.shared.inside();
        inside.handed_out += 1;
        let code = format!("canary-code-{}", inside.handed_out);
        let granted = Granted {
            someone: someone.0.clone(),
            nonce: asked["nonce"].clone(),
            challenge: asked["code_challenge"].clone(),
            redirect_uri: asked["redirect_uri"].clone(),
            is_microsoft,
        };
        inside.codes.insert(code.clone(), granted);
        let mut back = redirect_uri;
        back.query_pairs_mut().append_pair("code", &code).append_pair("state", &asked["state"]);
        if !is_microsoft {
            back.query_pairs_mut().append_pair("iss", &self.url);
        }
        format!("{}?{}", back.path(), back.query().unwrap_or_default())
    }
}

pub(super) fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

//! The keys that all of them sign with, made once.

use std::sync::OnceLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rsa::{RsaPrivateKey, rand_core::OsRng, traits::PublicKeyParts};
use serde_json::{Value, json};

/// Two for the provider, and a stranger's.
static KEYS: OnceLock<Vec<RsaPrivateKey>> = OnceLock::new();

pub const STRANGERS: usize = 2;

pub fn key(index: usize) -> &'static RsaPrivateKey {
    &KEYS.get_or_init(|| (0..3).map(|_| RsaPrivateKey::new(&mut OsRng, 2048).expect("a key")).collect())[index]
}

pub fn id(index: usize) -> String {
    format!("key-{index}")
}

/// The public half of one, as a set.
pub fn set(index: usize) -> Value {
    let public = key(index % STRANGERS).to_public_key();
    let number = |n: &rsa::BigUint| URL_SAFE_NO_PAD.encode(n.to_bytes_be());
    json!({ "keys": [{
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id(index),
        "n": number(public.n()), "e": number(public.e()),
    }] })
}

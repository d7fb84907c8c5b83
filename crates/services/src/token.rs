//! Secrets that are handed out once, in a link or a cookie, and kept as a hash (check P01).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::Entropy;

/// 256 random bits as base64url, 43 characters.
pub fn new_token(entropy: &dyn Entropy) -> SecretString {
    URL_SAFE_NO_PAD.encode(entropy.bytes()).into()
}

/// What is stored of a token. One plain hash is enough: there is nothing to guess in 256 bits.
pub fn hash_token(token: &str) -> String {
    format!("{:x}", Sha256::digest(token))
}

//! ID tokens, honest ones and others.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use p256::ecdsa::{Signature as EcSignature, SigningKey as EcSigningKey, signature::Signer as EcSigner};
use rsa::{
    pkcs1v15::SigningKey,
    pkcs8::EncodePublicKey,
    pss,
    sha2::{Sha256, Sha512},
    signature::{RandomizedSigner, SignatureEncoding, Signer},
};
use serde_json::Value;

use super::{SECRET, keys};

/// How a token is signed.
#[derive(Clone, Copy, Debug)]
pub enum Sign {
    Rs256,
    /// By a key that isn't the provider's, under the name of one that is.
    Stranger,
    Rs512,
    Ps256,
    Es256,
    /// Keyed with the provider's public key, as PEM.
    HmacOfPublicKey,
    HmacOfSecret,
    /// Nothing behind the last dot.
    Nothing,
    Garbage,
    /// No token in the answer.
    NoToken,
}

/// A token before it is signed.
pub struct Minting {
    pub header: Value,
    pub claims: Value,
    pub sign: Sign,
    /// In seconds.
    pub now: i64,
    /// Our issuer, and what a foreign one would be called.
    pub issuer: String,
}

impl Minting {
    pub(super) fn token(&self, key: usize) -> Option<String> {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", encode(&self.header), encode(&self.claims));
        let signature = self.signature(text.as_bytes(), key)?;
        Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn signature(&self, text: &[u8], key: usize) -> Option<Vec<u8>> {
        let own = || keys::key(key % keys::STRANGERS).clone();
        let rs256 = |key| SigningKey::<Sha256>::new(key).sign(text).to_vec();
        Some(match self.sign {
            Sign::Rs256 => rs256(own()),
            Sign::Stranger => rs256(keys::key(keys::STRANGERS).clone()),
            Sign::Rs512 => SigningKey::<Sha512>::new(own()).sign(text).to_vec(),
            Sign::Ps256 => {
                pss::SigningKey::<Sha256>::new(own()).sign_with_rng(&mut rsa::rand_core::OsRng, text).to_vec()
            }
            Sign::Es256 => {
                let key = EcSigningKey::from_slice(&[7; 32]).expect("a key");
                let signature: EcSignature = EcSigner::sign(&key, text);
                signature.to_bytes().to_vec()
            }
            Sign::HmacOfPublicKey => {
                let pem = own().to_public_key().to_public_key_pem(rsa::pkcs8::LineEnding::LF).expect("a key");
                hmac(pem.as_bytes(), text)
            }
            Sign::HmacOfSecret => hmac(SECRET.as_bytes(), text),
            Sign::Nothing => Vec::new(),
            Sign::Garbage => vec![0x5a; 256],
            Sign::NoToken => return None,
        })
    }
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

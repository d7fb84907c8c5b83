//! What the database may hold but not reveal: provider tokens, authenticator secrets, mails
//! that wait to be sent (A-01, check P01: a dump of the database opens nothing).
//!
//! XChaCha20-Poly1305 with a random nonce. The context (what it is and whose) is
//! authenticated along, so that a sealed value moved to another row does not open. Keys are
//! rotated by putting a new one first: the first seals, all of them open.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::Entropy;

const NONCE_BYTES: usize = 24;
const KEY_ID_BYTES: usize = 4;

/// A key of 32 bytes.
pub type SealingKey = SecretBox<[u8; 32]>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SealError {
    /// Another key, another context, or not the bytes that were sealed.
    #[error("a sealed value does not open: is its key still in PORTICO_SECRET_KEYS?")]
    DoesNotOpen,
}

pub struct Sealer(Vec<([u8; KEY_ID_BYTES], XChaCha20Poly1305)>);

impl Sealer {
    /// None without a key.
    pub fn new(keys: &[SealingKey]) -> Option<Self> {
        let keys: Vec<_> = keys
            .iter()
            .map(|key| {
                let key = key.expose_secret();
                let mut id = [0; KEY_ID_BYTES];
                // Of a hash, so that it says nothing about the key.
                id.copy_from_slice(&Sha256::digest([b"portico key id".as_slice(), key].concat())[..KEY_ID_BYTES]);
                (id, XChaCha20Poly1305::new(Key::from_slice(key)))
            })
            .collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// Text that only this context opens again: key id, nonce and ciphertext in base64url.
    pub fn seal(&self, context: &str, secret: &str, entropy: &dyn Entropy) -> String {
        let (id, cipher) = &self.0[0];
        let nonce = &entropy.bytes()[..NONCE_BYTES];
        let payload = Payload { msg: secret.as_bytes(), aad: context.as_bytes() };
        #[expect(clippy::expect_used, reason = "fails for messages beyond 256 GiB only")]
        let sealed = cipher.encrypt(XNonce::from_slice(nonce), payload).expect("a message of this size is sealed");
        URL_SAFE_NO_PAD.encode([id.as_slice(), nonce, &sealed].concat())
    }

    /// # Errors
    /// [`SealError`] for everything that is not exactly what was sealed for this context.
    pub fn open(&self, context: &str, sealed: &str) -> Result<SecretString, SealError> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| SealError::DoesNotOpen)?;
        let (id, rest) = bytes.split_at_checked(KEY_ID_BYTES).ok_or(SealError::DoesNotOpen)?;
        let (nonce, msg) = rest.split_at_checked(NONCE_BYTES).ok_or(SealError::DoesNotOpen)?;
        self.0
            .iter()
            .filter(|(known, _)| known == id)
            .find_map(|(_, cipher)| {
                let payload = Payload { msg, aad: context.as_bytes() };
                let open = cipher.decrypt(XNonce::from_slice(nonce), payload).ok()?;
                String::from_utf8(open).ok().map(SecretString::from)
            })
            .ok_or(SealError::DoesNotOpen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);

    impl Entropy for Counting {
        fn bytes(&self) -> [u8; 32] {
            [self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed); 32]
        }
    }

    fn sealer(keys: &[u8]) -> Sealer {
        let keys: Vec<_> = keys.iter().map(|byte| SealingKey::new(Box::new([*byte; 32]))).collect();
        Sealer::new(&keys).unwrap()
    }

    #[test]
    fn p01_a_sealed_value_opens_for_its_key_and_context_only() {
        let (entropy, sealer_1) = (Counting(0.into()), sealer(&[1]));
        let sealed = sealer_1.seal("totp of a", "secret", &entropy);
        assert!(!sealed.contains("secret"));
        assert_eq!(sealer_1.open("totp of a", &sealed).unwrap().expose_secret(), "secret");
        assert!(sealer_1.open("totp of b", &sealed).is_err());
        assert!(sealer(&[2]).open("totp of a", &sealed).is_err());
        assert_ne!(sealed, sealer_1.seal("totp of a", "secret", &entropy), "another nonce each time");
        for at in 0..sealed.len() {
            let mut altered = sealed.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            assert!(sealer_1.open("totp of a", &String::from_utf8(altered).unwrap()).is_err(), "byte {at}");
        }
        for nonsense in ["", "A", "AAAA", "*", &"A".repeat(40)] {
            assert!(sealer_1.open("totp of a", nonsense).is_err());
        }
    }

    #[test]
    fn c04_a_new_key_in_front_still_opens_what_the_old_one_sealed() {
        let entropy = Counting(0.into());
        let old = sealer(&[1]).seal("x", "secret", &entropy);
        let rotated = sealer(&[2, 1]);
        assert_eq!(rotated.open("x", &old).unwrap().expose_secret(), "secret");
        assert!(sealer(&[1]).open("x", &rotated.seal("x", "secret", &entropy)).is_err(), "the first one seals");
    }
}

//! Telling two card numbers or security codes apart without keeping either.
//!
//! What must hold: from what is remembered nothing can be read or tried out. A proof is a keyed
//! hash; its key is made anew in each process, and key and proofs are never written down, neither
//! to the log nor to the state.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::ids::secret_key;

/// That parameters were the same, secrets included. Shows nothing, also not in a debugger's print.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof([u8; 32]);

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proof")
    }
}

/// Makes proofs; those of different processes have nothing to do with each other.
pub struct Proofs {
    key: [u8; 32],
}

impl Proofs {
    /// With a key that nobody knows.
    pub fn with_own_key() -> Self {
        Self { key: secret_key() }
    }

    /// The proof of parameters; `None` where hiding took nothing away, so that what is kept says it all.
    pub fn of(&self, params: &Value, hidden: &Value) -> Option<Proof> {
        if params == hidden {
            return None;
        }
        // HMAC takes keys of any length; maps are sorted, so equal parameters are equal texts.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        mac.update(params.to_string().as_bytes());
        Some(Proof(mac.finalize().into_bytes().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::Proofs;
    use serde_json::json;

    #[test]
    fn a_proof_tells_secrets_apart_and_says_nothing() {
        let (here, there) = (Proofs::with_own_key(), Proofs::with_own_key());
        let (sent, other, hidden) = (json!({"cvc": "123"}), json!({"cvc": "124"}), json!({"cvc": "***"}));
        let proof = here.of(&sent, &hidden);
        assert_eq!(proof, here.of(&sent, &hidden));
        assert_ne!(proof, here.of(&other, &hidden));
        assert_ne!(proof, there.of(&sent, &hidden), "another process has another key");
        assert_eq!(here.of(&hidden, &hidden), None);
        assert_eq!(format!("{proof:?}"), "Some(Proof)");
    }
}

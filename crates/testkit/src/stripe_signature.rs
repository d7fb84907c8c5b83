//! Signs a delivery as the payment provider does.

use domain::Timestamp;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The value of `Stripe-Signature` for a body that is sent at `at`.
pub fn signature(body: &[u8], secret: &str, at: Timestamp) -> String {
    let seconds = at.as_seconds();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={hex}")
}

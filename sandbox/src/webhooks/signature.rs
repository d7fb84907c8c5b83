//! `Stripe-Signature`: a time and one HMAC per secret, as Stripe signs (scheme v1).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header's value for `body`, sent at `timestamp` (seconds): `t=…,v1=…`, with one `v1` for
/// each secret in turn. Two stand there while a secret is being rolled.
pub fn header(timestamp: i64, body: &[u8], secrets: &[&str]) -> String {
    let mut value = format!("t={timestamp}");
    for secret in secrets {
        value.push_str(",v1=");
        value.push_str(&v1(timestamp, body, secret));
    }
    value
}

/// The HMAC-SHA256 of `timestamp.body` under the whole secret, `whsec_` included, in hex.
fn v1(timestamp: i64, body: &[u8], secret: &str) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::header;

    #[test]
    fn one_signature_for_each_secret() {
        // Worked out with `printf '1795219200.{}' | openssl dgst -sha256 -hmac whsec_sandbox`.
        let one = "23d4e802e5a795ecbe2fc587608c9f2f0e20a83f49014e9569bfb26674804987";
        assert_eq!(header(1_795_219_200, b"{}", &["whsec_sandbox"]), format!("t=1795219200,v1={one}"));
        let both = header(1_795_219_200, b"{}", &["whsec_sandbox", "whsec_old"]);
        assert!(both.starts_with(&format!("t=1795219200,v1={one},v1=")), "{both}");
        assert_ne!(header(1_795_219_201, b"{}", &["whsec_sandbox"]).split_once(",v1=").map(|p| p.1), Some(one));
    }
}

//! Codes that an authenticator app shows (RFC 6238): SHA-1, six digits, thirty seconds, which
//! are the only parameters that every app has. A clock may be off by one step either way.

use domain::{Timestamp, UserId, accounts::TotpCode};
use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::{Entropy, ServiceError};

/// 160 bits, the size of the hash (RFC 4226 section 4).
const SECRET_BYTES: usize = 20;

/// What a sealed secret is sealed for.
pub fn context(user: UserId) -> String {
    format!("totp of {user}")
}

/// In base 32, as people type it into an app that can't see.
pub fn new_secret(entropy: &dyn Entropy) -> SecretString {
    Secret::new(Box::from(&entropy.bytes()[..SECRET_BYTES])).to_base32().into()
}

fn totp(secret: &SecretString, account: &str) -> Result<Totp, ServiceError> {
    let unreadable = ServiceError::Unreadable("authenticator secret");
    let Ok(secret) = Secret::try_from_base32(secret.expose_secret()) else { return Err(unreadable) };
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_skew(1)
        .with_secret(secret)
        .with_account_name(account)
        .with_issuer(Some("Portico"))
        .build()
        .map_err(|_| unreadable)
}

/// The address that a QR code hands to an app. It holds the secret.
pub fn uri(secret: &SecretString, account: &str) -> Result<SecretString, ServiceError> {
    totp(secret, account)?
        .to_url()
        .map(SecretString::from)
        .map_err(|_| ServiceError::Unreadable("authenticator secret"))
}

/// The step that the code is of, if it is right now.
pub fn step_of(secret: &SecretString, code: &TotpCode, now: Timestamp) -> Result<Option<i64>, ServiceError> {
    let seconds = u64::try_from(now.as_seconds()).unwrap_or(0);
    Ok(totp(secret, "")?.check(code.as_str(), seconds).and_then(|step| i64::try_from(step).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B for SHA-1, of which apps show the last six digits.
    #[test]
    fn the_codes_are_those_of_the_rfc_and_one_step_around_them() {
        let secret = SecretString::from(Secret::new(Box::from(*b"12345678901234567890")).to_base32());
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let code = TotpCode::parse(code).unwrap();
            let at = |seconds: i64| step_of(&secret, &code, Timestamp::from_millis(seconds * 1000)).unwrap();
            let step = Some(seconds / 30);
            assert_eq!((at(seconds), at(seconds - 30), at(seconds + 30)), (step, step, step));
            // Time begins at 0, so the first one has nothing that far before it.
            let before = if seconds > 61 { at(seconds - 61) } else { None };
            assert_eq!((before, at(seconds + 61)), (None, None), "two steps away");
        }
    }

    #[test]
    fn the_address_names_product_and_account() {
        let secret = SecretString::from("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let uri = uri(&secret, "ann+x@acme.test").unwrap();
        assert_eq!(
            uri.expose_secret(),
            "otpauth://totp/Portico:ann%2Bx%40acme.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Portico"
        );
    }
}

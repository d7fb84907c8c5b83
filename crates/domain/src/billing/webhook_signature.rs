//! Whether a delivery comes from the payment provider (W-02, checks W01 to W04).
//!
//! `Stripe-Signature: t=<seconds>,v1=<hex>,v1=<hex>,v0=…`: a time, and HMAC-SHA256 of
//! `<seconds>.<body>` under the whole secret, `whsec_` included, once for each secret that is in use
//! (<https://docs.stripe.com/webhooks#verify-manually>).
//!
//! What must hold: the bytes as they came are what is signed; any `v1` under any of our secrets
//! counts, nothing else does; it is compared in constant time; no secret means no.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use thiserror::Error;

use crate::{Millis, Timestamp};

/// How far the signed time may be from ours, in both directions.
pub const TOLERANCE: Millis = Millis::seconds(300);
/// More signatures than anybody rolls secrets; a header with thousands is an attack on our time.
const MOST_SIGNATURES: usize = 16;

#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SignatureError {
    /// No time, two times, or not of the form.
    #[error("the signature header is not of the form t=…,v1=…")]
    Malformed,
    /// None of its signatures is of one of our secrets.
    #[error("the signature is not of one of our secrets")]
    NotOurs,
    /// Signed by us and too long ago, or in the future: a replay, or a clock that is wrong.
    #[error("signed at a time too far from ours")]
    TooFarAway,
}

/// # Errors
/// Why the delivery is not to be believed.
pub fn verify(header: &str, body: &[u8], secrets: &[&[u8]], now: Timestamp) -> Result<(), SignatureError> {
    let (time, signatures) = parse(header)?;
    let signed = |secret: &&[u8]| {
        // HMAC takes keys of any length; an empty one is no secret.
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok().filter(|_| !secret.is_empty())?;
        mac.update(time.as_bytes());
        mac.update(b".");
        mac.update(body);
        Some(mac)
    };
    let is_ours = secrets
        .iter()
        .filter_map(signed)
        .any(|mac| signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok()));
    if !is_ours {
        return Err(SignatureError::NotOurs);
    }
    // After the signature: that a clock is wrong is worth an alert only if the delivery is ours.
    let seconds: i64 = time.parse().map_err(|_| SignatureError::Malformed)?;
    if seconds.abs_diff(now.as_seconds()) > TOLERANCE.0.unsigned_abs() / 1000 {
        return Err(SignatureError::TooFarAway);
    }
    Ok(())
}

/// The time as it is written, and the `v1` signatures.
fn parse(header: &str) -> Result<(&str, Vec<[u8; 32]>), SignatureError> {
    let mut time = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.split_once('=') {
            Some(("t", _)) if time.is_some() => return Err(SignatureError::Malformed),
            Some(("t", text)) => time = Some(text),
            Some(("v1", text)) if signatures.len() < MOST_SIGNATURES => signatures.extend(from_hex(text)),
            // Other schemes, among them `v0`, which Stripe adds in test mode: not what we look at.
            Some(_) => {}
            None => return Err(SignatureError::Malformed),
        }
    }
    let digits = |text: &&str| (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    Ok((time.filter(digits).ok_or(SignatureError::Malformed)?, signatures))
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != 32 || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

fn digit(of: u8) -> Option<u8> {
    char::from(of).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Worked out with `printf '1795219200.{}' | openssl dgst -sha256 -hmac whsec_sandbox`.
    const OF_SANDBOX: &str = "23d4e802e5a795ecbe2fc587608c9f2f0e20a83f49014e9569bfb26674804987";
    const AT: i64 = 1_795_219_200;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn check(header: &str, body: &[u8], secrets: &[&str], now: i64) -> Result<(), SignatureError> {
        let secrets: Vec<&[u8]> = secrets.iter().map(|secret| secret.as_bytes()).collect();
        verify(header, body, &secrets, at(now))
    }

    #[test]
    fn w01_a_signature_of_ours_counts_and_nothing_else() {
        let good = format!("t={AT},v1={OF_SANDBOX}");
        assert_eq!(check(&good, b"{}", &["whsec_sandbox"], AT), Ok(()));
        let (upper, other) = (OF_SANDBOX.to_uppercase(), OF_SANDBOX.replace('2', "3"));
        for (header, body) in [
            (format!("t={AT},v1={OF_SANDBOX}"), "{} "),
            (format!("t={AT},v1={OF_SANDBOX}"), ""),
            (format!("t={},v1={OF_SANDBOX}", AT + 1), "{}"),
            (format!("t={AT},v0={OF_SANDBOX}"), "{}"),
            (format!("t={AT},V1={OF_SANDBOX}"), "{}"),
            (format!("t={AT},v1={other}"), "{}"),
            (format!("t={AT},v1={}", &OF_SANDBOX[..62]), "{}"),
            (format!("t={AT},v1={OF_SANDBOX}00"), "{}"),
            (format!("t={AT},v1="), "{}"),
            (format!("t={AT}"), "{}"),
        ] {
            assert_eq!(
                check(&header, body.as_bytes(), &["whsec_sandbox"], AT),
                Err(SignatureError::NotOurs),
                "{header}"
            );
        }
        // Hexadecimal digits of either case are the same bytes.
        assert_eq!(check(&format!("t={AT},v1={upper}"), b"{}", &["whsec_sandbox"], AT), Ok(()));
    }

    #[test]
    fn w01_what_is_not_of_the_form_is_said_so() {
        for header in [
            "",
            "t",
            "whatever",
            "v1=00",
            "t=,v1=00",
            "t=1,t=1,v1=00",
            "t=-1,v1=00",
            "t=+1,v1=00",
            "t=1.0,v1=00",
            "t=1795219200000000,v1=00",
            "t=1795219200,v1=00,",
            "t =1795219200,v1=00",
        ] {
            let wrong = check(header, b"{}", &["whsec_sandbox"], AT);
            assert_eq!(wrong, Err(SignatureError::Malformed), "{header:?}");
        }
    }

    #[test]
    fn w02_no_secret_is_no() {
        let header = format!("t={AT},v1={OF_SANDBOX}");
        assert_eq!(check(&header, b"{}", &[], AT), Err(SignatureError::NotOurs));
        // As `printf '1795219200.' | openssl dgst -sha256 -hmac ''` signs it.
        let empty = "t=1795219200,v1=8c484e404448b984cbf81bfdc905f15dfdf49f6f0df620602bc0f149b12a68af";
        assert_eq!(check(empty, b"", &[""], AT), Err(SignatureError::NotOurs));
    }

    #[test]
    fn w03_five_minutes_both_ways_and_not_a_second_more() {
        let header = format!("t={AT},v1={OF_SANDBOX}");
        for away in [-300, -299, 0, 299, 300] {
            assert_eq!(check(&header, b"{}", &["whsec_sandbox"], AT + away), Ok(()), "{away}");
        }
        for away in [-100_000, -301, 301, 100_000] {
            let far = Err(SignatureError::TooFarAway);
            assert_eq!(check(&header, b"{}", &["whsec_sandbox"], AT + away), far, "{away}");
            assert_eq!(check(&header, b"{ }", &["whsec_sandbox"], AT + away), Err(SignatureError::NotOurs), "{away}");
        }
    }

    #[test]
    fn w04_any_signature_under_any_secret_in_any_order() {
        let other = "0".repeat(64);
        for header in [
            format!("t={AT},v1={OF_SANDBOX},v1={other}"),
            format!("t={AT},v1={other},v1={OF_SANDBOX}"),
            format!("v1={OF_SANDBOX},v0={other},t={AT}"),
        ] {
            for secrets in [&["whsec_sandbox", "whsec_new"], &["whsec_new", "whsec_sandbox"]] {
                assert_eq!(check(&header, b"{}", secrets, AT), Ok(()), "{header}");
            }
            assert_eq!(check(&header, b"{}", &["whsec_new"], AT), Err(SignatureError::NotOurs), "{header}");
        }
    }

    proptest! {
        #[test]
        fn w01_no_header_panics_or_passes(header in ".{0,200}", body in ".{0,50}") {
            prop_assert!(check(&header, body.as_bytes(), &["whsec_sandbox"], AT).is_err());
        }

        #[test]
        fn w01_one_byte_changed_is_refused(at in 0_usize..200, to in any::<u8>()) {
            let body: Vec<u8> = br#"{"id":"evt_1","type":"invoice.paid","data":{"object":{"id":"in_1"}}}"#.to_vec();
            let mut mac = Hmac::<Sha256>::new_from_slice(b"whsec_sandbox").unwrap();
            mac.update(format!("{AT}.").as_bytes());
            mac.update(&body);
            let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            let header = format!("t={AT},v1={signature}");
            prop_assert_eq!(check(&header, &body, &["whsec_sandbox"], AT), Ok(()));
            let mut changed = body.clone();
            let at = at % body.len();
            changed[at] = to;
            prop_assume!(changed != body);
            prop_assert_eq!(check(&header, &changed, &["whsec_sandbox"], AT), Err(SignatureError::NotOurs));
        }
    }
}

//! Passkeys (`WebAuthn` level 3): added by somebody who is signed in, used as the second
//! factor after a password, or as the only one.
//!
//! What must hold: a challenge is made here, good once and for five minutes, for one purpose,
//! for one person (or nobody yet), and for the browser whose session holds its token. The
//! authenticator verified its user (PIN, finger, face), or the key counts for nothing: that is
//! what makes it two factors in one.

mod add;
mod challenge;
mod confirm;
mod manage;
mod sign_in;

pub use challenge::{Asked, Purpose};

use url::Url;
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::Services;

/// As letters and the trail call it.
const PASSKEY: &str = "a passkey";
/// More than a person's devices, and few enough to look through.
const AT_MOST: u64 = 20;

/// None where browsers allow none: at an address that is a number, such as `127.0.0.1`.
pub(crate) fn relying_party(base_url: &Url) -> Option<Webauthn> {
    let host = base_url.domain()?;
    WebauthnBuilder::new(host, base_url).ok()?.rp_name("Portico").build().ok()
}

impl Services {
    /// Whether there are passkeys at this address.
    pub fn has_passkeys(&self) -> bool {
        self.webauthn.is_some()
    }
}

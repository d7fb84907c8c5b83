//! Recovery codes: made here, shown once, kept as hashes.

use domain::{UserId, accounts::RecoveryCode};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use crate::{Actor, ServiceError, Services, hash_token};

/// Codes on their way to the page that shows them once: it comes after a redirect, so they
/// wait in the database meanwhile, where only their owner's page opens them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedCodes(String);

/// Codes just made.
pub(crate) struct FreshCodes {
    pub(crate) hashes: Vec<String>,
    pub(crate) sealed: SealedCodes,
}

/// One plain hash is enough: nobody tries 2^80 codes. With the owner's id, so that equal codes
/// of two people would not show.
pub(crate) fn hash(user: UserId, code: &RecoveryCode) -> String {
    hash_token(&format!("recovery {user} {}", code.as_str()))
}

fn context(user: UserId) -> String {
    format!("recovery codes of {user}")
}

impl Services {
    pub(crate) fn fresh_codes(&self, user: UserId) -> FreshCodes {
        let codes: Vec<RecoveryCode> = (0..RecoveryCode::HOW_MANY)
            .map(|_| {
                let mut bytes = [0; 10];
                bytes.copy_from_slice(&self.entropy().bytes()[..10]);
                RecoveryCode::from_random(bytes)
            })
            .collect();
        let shown: Vec<String> = codes.iter().map(ToString::to_string).collect();
        FreshCodes {
            hashes: codes.iter().map(|code| hash(user, code)).collect(),
            sealed: SealedCodes(self.sealer.seal(&context(user), &shown.join(" "), self.entropy())),
        }
    }

    /// The codes, for the page that shows them.
    ///
    /// # Errors
    /// [`ServiceError::Seal`] when they are somebody else's.
    pub fn open_recovery_codes(&self, actor: &Actor, sealed: &SealedCodes) -> Result<Vec<String>, ServiceError> {
        let open = self.sealer.open(&context(actor.person().id), &sealed.0)?;
        Ok(open.expose_secret().split(' ').map(str::to_owned).collect())
    }
}

//! Argon2id with bounded concurrency (check L05).

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::{Salt, SaltString},
};
use domain::accounts::PASSWORD_MAX_BYTES;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::{Entropy, ServiceError};

/// OWASP Password Storage Cheat Sheet: Argon2id, 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How many are in hand, hashed or waiting; the next one is told that we are busy.
const QUEUE: usize = 64;

/// Hashes and checks passwords, so many at once and no more.
pub struct Passwords {
    running: Arc<Semaphore>,
    waiting: Semaphore,
    /// Checked when there is no hash to check, so that an unknown address takes as long as a known one (check L01).
    nobody: String,
}

/// What a check said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub right: bool,
    /// Made with other parameters than today's: hash it again.
    pub outdated: bool,
}

fn argon2() -> Argon2<'static> {
    #[expect(clippy::expect_used, reason = "the parameters are constants of this file and within argon2's bounds")]
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("argon2 parameters");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &str, salt: [u8; 32]) -> Option<String> {
    let salt = SaltString::encode_b64(&salt[..Salt::RECOMMENDED_LENGTH]).ok()?;
    Some(argon2().hash_password(password.as_bytes(), &salt).ok()?.to_string())
}

fn verify_now(password: &str, phc: &str) -> Verdict {
    let Ok(hash) = PasswordHash::new(phc) else { return Verdict { right: false, outdated: false } };
    let right = argon2().verify_password(password.as_bytes(), &hash).is_ok();
    let current = hash.algorithm == argon2::ARGON2ID_IDENT
        && Params::try_from(&hash).is_ok_and(|p| (p.m_cost(), p.t_cost(), p.p_cost()) == (MEMORY_KIB, PASSES, LANES));
    Verdict { right, outdated: right && !current }
}

impl Passwords {
    pub fn new(at_once: usize, entropy: &dyn Entropy) -> Self {
        #[expect(clippy::expect_used, reason = "a fixed password with a fresh salt always hashes")]
        let nobody = hash_now("nobody has this password", entropy.bytes()).expect("a hash");
        Self { running: Arc::new(Semaphore::new(at_once.max(1))), waiting: Semaphore::new(QUEUE), nobody }
    }

    /// A PHC string of the password.
    ///
    /// # Errors
    /// [`ServiceError::Busy`] when too many wait already.
    pub async fn hash(&self, password: SecretString, salt: [u8; 32]) -> Result<String, ServiceError> {
        self.run(move || hash_now(password.expose_secret(), salt)).await?.ok_or(ServiceError::Busy)
    }

    /// Checks a password against a PHC string, or against nobody's, which is never right.
    ///
    /// # Errors
    /// [`ServiceError::Busy`] when too many wait already.
    pub async fn verify(&self, password: SecretString, phc: Option<String>) -> Result<Verdict, ServiceError> {
        if password.expose_secret().len() > PASSWORD_MAX_BYTES {
            return Ok(Verdict { right: false, outdated: false });
        }
        let somebody = phc.is_some();
        let phc = phc.unwrap_or_else(|| self.nobody.clone());
        let verdict = self.run(move || verify_now(password.expose_secret(), &phc)).await?;
        Ok(Verdict { right: verdict.right && somebody, outdated: verdict.outdated && somebody })
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ServiceError> {
        let _place = self.waiting.try_acquire().map_err(|_| ServiceError::Busy)?;
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(|_| ServiceError::Busy)?;
        // The turn goes with the work: a caller that hangs up must not free memory still in use.
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        })
        .await
        .map_err(|_| ServiceError::Busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l05_the_parameters_are_in_the_hash_and_older_ones_are_noticed() {
        let phc = hash_now("correct horse", [7; 32]).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert_eq!(verify_now("correct horse", &phc), Verdict { right: true, outdated: false });
        assert_eq!(verify_now("correct horsf", &phc), Verdict { right: false, outdated: false });
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8192, 1, 1, None).unwrap());
        let salt = SaltString::encode_b64(&[1; 16]).unwrap();
        let old = weak.hash_password(b"correct horse", &salt).unwrap().to_string();
        assert_eq!(verify_now("correct horse", &old), Verdict { right: true, outdated: true });
        assert_eq!(verify_now("x", "not a hash"), Verdict { right: false, outdated: false });
    }

    #[test]
    fn l04_every_byte_counts() {
        let long = "a".repeat(72);
        let phc = hash_now(&format!("{long}b"), [7; 32]).unwrap();
        assert!(!verify_now(&format!("{long}c"), &phc).right, "bcrypt would have stopped reading at byte 72");
    }
}

//! An authenticator app, with the key that a page shows.

use domain::Timestamp;
use totp_rs::{Builder, Secret};

use crate::{Browser, World};

#[derive(Clone)]
pub struct Authenticator(String);

impl Authenticator {
    /// The key as a page shows it, in groups.
    pub fn with(key: &str) -> Self {
        Self(key.replace(' ', ""))
    }

    pub fn key(&self) -> &str {
        &self.0
    }

    pub fn code(&self, at: Timestamp) -> String {
        let secret = Secret::try_from_base32(&self.0).expect("a key");
        let totp = Builder::new().with_secret(secret).build().expect("an authenticator");
        totp.generate(u64::try_from(at.as_seconds()).unwrap()).to_string()
    }

    /// A code that is not right now, nor near.
    pub fn wrong_code(&self, at: Timestamp) -> String {
        let right: Vec<String> = (-3..=3).map(|step| self.code(at + domain::Millis::seconds(30 * step))).collect();
        (0..1_000_000).map(|n| format!("{n:06}")).find(|code| !right.contains(code)).unwrap()
    }
}

impl World {
    /// Sets up an authenticator as its person does; answers it and the recovery codes.
    pub async fn set_up_totp(&self, browser: &Browser) -> (Authenticator, Vec<String>) {
        let begun = browser.post("/api/account/begin-totp", &[]).await;
        assert_eq!(begun.location(), Some("/account/two-factor/authenticator"));
        let page = browser.get("/account/two-factor/authenticator").await;
        let app = Authenticator::with(&page.texts("totp-key")[0]);
        let confirmed = browser.post("/api/account/confirm-totp", &[("code", &app.code(self.now()))]).await;
        assert_eq!(confirmed.location(), Some("/account/two-factor/recovery-codes"));
        let codes = browser.get("/account/two-factor/recovery-codes").await.texts("recovery-code");
        assert_eq!(codes.len(), 10);
        (app, codes)
    }
}

//! Take in what the payment provider says (W-02 to W-04): check who says it, store it, done.
//!
//! What must hold: nothing is believed that is not signed with one of our secrets, over the bytes as
//! they came; nothing is acknowledged that is not stored; and everything that is signed is stored,
//! understood or not.

use domain::billing::{
    event::{self, ProviderEvent, Verdict},
    webhook_signature::{self, SignatureError},
};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use store::StoreError;
use thiserror::Error;

use crate::{Alert, Services};

#[derive(Debug, Error)]
pub enum NotReceived {
    /// Not from the provider, or not now.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// It is to be sent again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Services {
    /// Stores a delivery; answers whether it was new. `signature` is the header, if there was one and only one.
    ///
    /// # Errors
    /// When it is not signed by the provider, or can't be stored.
    pub async fn receive_billing_event(&self, signature: Option<&str>, body: &[u8]) -> Result<bool, NotReceived> {
        let secrets: Vec<&[u8]> =
            self.settings.webhook_secrets.iter().map(|secret| secret.expose_secret().as_bytes()).collect();
        let header = signature.ok_or(SignatureError::Malformed)?;
        if let Err(error) = webhook_signature::verify(header, body, &secrets, self.now()) {
            if error == SignatureError::TooFarAway {
                // Signed by the provider: its time or ours is wrong, and everything will be refused.
                self.ports.alerts.raise(&Alert::WebhookClock);
            }
            return Err(error.into());
        }
        store::kill_point!("webhook-verified");
        let payments = &self.ports.payments;
        let (event, verdict) = match payments.read_event(body) {
            Some(event) => {
                let verdict = event::judge(&event, payments.livemode());
                (event, verdict)
            }
            None => (unreadable(body, self.now(), payments.livemode()), Verdict::Ignore),
        };
        let is_new = self.store.insert_billing_event(&event, body, &verdict, self.now()).await?;
        if is_new {
            self.tell_of(&event, &verdict);
        }
        Ok(is_new)
    }

    fn tell_of(&self, event: &ProviderEvent, verdict: &Verdict) {
        if let Verdict::Quarantine(why) = verdict {
            self.ports.alerts.raise(&Alert::EventQuarantined { event: &event.id, why: why.as_str() });
        }
        if event.kind == UNREADABLE {
            self.ports.alerts.raise(&Alert::EventQuarantined { event: &event.id, why: UNREADABLE });
        }
        let expected = self.ports.payments.api_version();
        if let Some(version) = event.api_version.as_deref().filter(|version| *version != expected) {
            // It is applied all the same: what counts is fetched, in our version.
            self.ports.alerts.raise(&Alert::EventVersion { version, expected });
        }
    }
}

pub(crate) const UNREADABLE: &str = "unreadable";

/// Signed by the provider, and nothing that we can read: kept under the hash of its bytes.
fn unreadable(body: &[u8], now: domain::Timestamp, livemode: bool) -> ProviderEvent {
    let hash: String = Sha256::digest(body).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    ProviderEvent {
        id: format!("{UNREADABLE}_{hash}"),
        kind: UNREADABLE.to_owned(),
        created: now,
        livemode,
        api_version: None,
        account: None,
        customer: None,
        organization: None,
    }
}

//! The mail that was sent, and a post office that can be closed.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use services::mail::{Envelope, Letter, MailError, Mailer};

#[derive(Default)]
pub struct SentMail {
    sent: Mutex<Vec<Envelope>>,
    closed: AtomicBool,
}

impl SentMail {
    /// Nothing is taken until it is opened again.
    pub fn close(&self, closed: bool) {
        self.closed.store(closed, Ordering::SeqCst);
    }

    pub fn all(&self) -> Vec<Envelope> {
        self.sent.lock().unwrap().clone()
    }

    /// Everything for one address, oldest first.
    pub fn to(&self, address: &str) -> Vec<Letter> {
        self.all().into_iter().filter(|envelope| envelope.to == address).map(|envelope| envelope.letter).collect()
    }

    /// The newest for one address.
    pub fn last_to(&self, address: &str) -> Letter {
        self.to(address).pop().unwrap_or_else(|| panic!("no mail for {address}"))
    }
}

#[async_trait]
impl Mailer for SentMail {
    async fn send(&self, envelope: &Envelope) -> Result<(), MailError> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(MailError::NotNow("closed"));
        }
        self.sent.lock().unwrap().push(envelope.clone());
        Ok(())
    }
}

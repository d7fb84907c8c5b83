//! Mail that is kept instead of sent: development, where no mail server is configured.

use async_trait::async_trait;
use services::mail::{Envelope, MailError, Mailer};
use store::{KeptMail, Store};

use crate::letters;

/// A mailer that writes every mail into the database, for `/dev/mail`.
pub struct Kept(pub Store);

#[async_trait]
impl Mailer for Kept {
    async fn send(&self, envelope: &Envelope) -> Result<(), MailError> {
        let words = letters::write(&envelope.letter);
        let mail = KeptMail {
            id: envelope.id,
            at: envelope.at,
            to: envelope.to.clone(),
            subject: words.subject.to_owned(),
            plain: words.plain(),
            html: words.html(),
        };
        self.0.keep_mail(&mail).await.map_err(|_| MailError::NotNow("the database does not answer"))
    }
}

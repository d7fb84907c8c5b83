//! How much mail a form may cause: to one mailbox, and from one network address (check T08).
//!
//! Counted before anybody looks whether an account exists, so that being told to wait tells
//! nothing else (check R01).

use domain::accounts::{
    Email,
    throttle::{Limit, MAILS_PER_ADDRESS, MAILS_PER_EMAIL},
};

use super::sign_in::address_subject;
use crate::{Origin, ServiceError, Services};

impl Services {
    /// Counts a form that sends mail, whatever is in it.
    pub(crate) async fn count_mail_from(&self, origin: &Origin) -> Result<(), ServiceError> {
        let (Some(subject), now) = (address_subject(origin), self.now()) else { return Ok(()) };
        let (subject, window) = (format!("mail-from:{subject}"), MAILS_PER_ADDRESS.window_start(now));
        if self.store.count_attempt(&subject, window).await? > MAILS_PER_ADDRESS.attempts {
            return Err(ServiceError::Flooded { retry_after_seconds: MAILS_PER_ADDRESS.retry_after_seconds(now) });
        }
        Ok(())
    }

    /// Counts a mail to one mailbox. Forms count apart: one can't be used to keep another's mail away.
    pub(crate) async fn count_mail_to(&self, form: &'static str, email: &Email) -> Result<(), ServiceError> {
        self.count_within(&format!("mail-to:{form}:{}", email.as_str()), MAILS_PER_EMAIL).await
    }

    /// Counts one attempt of a subject; too many and the form comes back.
    pub(crate) async fn count_within(&self, subject: &str, limit: Limit) -> Result<(), ServiceError> {
        let now = self.now();
        if self.store.count_attempt(subject, limit.window_start(now)).await? > limit.attempts {
            return Err(ServiceError::Throttled { retry_after_seconds: limit.retry_after_seconds(now) });
        }
        Ok(())
    }
}

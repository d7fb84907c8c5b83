//! The mail of a registration once more.
//!
//! What must hold: the same answer whether or not the address has an account by now (check
//! R01). The link in the first mail stays good: mails overtake each other.

use domain::accounts::Email;
use uuid::Uuid;

use crate::{Origin, ServiceError, Services};

impl Services {
    /// # Errors
    /// [`ServiceError::LinkNotGood`] when the registration has run out, [`ServiceError::Throttled`],
    /// [`ServiceError::Flooded`], or the database's.
    pub async fn resend_confirmation(&self, id: Uuid, email: &str, origin: &Origin) -> Result<(), ServiceError> {
        self.count_mail_from(origin).await?;
        let email = Email::parse(email).map_err(|_| ServiceError::LinkNotGood)?;
        self.count_mail_to("resend", &email).await?;
        if let Some(before) = self.store.find_registration(id, self.now()).await? {
            let again = store::Registration { id: self.entropy().uuid(), ..before };
            return self.post_registration(again, &email, origin).await;
        }
        // Confirmed by another browser meanwhile: then the mailbox is told that there is an account.
        if self.store.find_user_by_email(&email).await?.is_some() {
            return self.post_already_registered(&email, origin).await;
        }
        Err(ServiceError::LinkNotGood)
    }
}

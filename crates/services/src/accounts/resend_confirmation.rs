//! The mail of a registration once more.
//!
//! What must hold: the same answer whether or not the address has an account by now (check
//! R01); what runs out does so by the time alone. The link in the first mail stays good:
//! mails overtake each other.

use domain::accounts::Email;
use secrecy::ExposeSecret;
use store::Registration;

use super::sign_up::SignedUp;
use crate::{Origin, ServiceError, Services, hash_token, mail::Letter, new_token};

impl Services {
    /// # Errors
    /// [`ServiceError::LinkNotGood`] when the registration has run out, [`ServiceError::Throttled`],
    /// [`ServiceError::Flooded`], or the database's.
    pub async fn resend_confirmation(&self, signed_up: &SignedUp, origin: &Origin) -> Result<(), ServiceError> {
        self.count_mail_from(origin).await?;
        let email = Email::parse(&signed_up.email).map_err(|_| ServiceError::LinkNotGood)?;
        self.count_mail_to("resend", &email).await?;
        if self.now() >= signed_up.expires_at {
            return Err(ServiceError::LinkNotGood);
        }
        match self.store.find_registration(signed_up.id, self.now()).await? {
            Some(before) => {
                let again = Registration { id: self.entropy().uuid(), ..before };
                self.post_registration(again, &email, origin).await
            }
            // Confirmed in another browser meanwhile: only the mailbox is told so.
            None => self.remind_of_account(&email).await,
        }
    }

    async fn remind_of_account(&self, email: &Email) -> Result<(), ServiceError> {
        let Some(user) = self.store.find_user_by_email(email).await? else { return Ok(()) };
        let letter = self.already_registered(&user);
        let key = format!("registration:{}", hash_token(new_token(self.entropy()).expose_secret()));
        let mail = self.letter_row(email.as_str(), letter, &key);
        Ok(self.store.insert_outbox(&[mail], self.now()).await?)
    }

    pub(crate) fn already_registered(&self, user: &store::SignInRow) -> Letter {
        Letter::AlreadyRegistered {
            name: user.name.clone(),
            sign_in: self.link("/sign-in", None),
            reset: self.link("/forgot-password", None),
        }
    }
}

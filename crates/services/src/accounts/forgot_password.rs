//! Ask for a way to choose a new password.
//!
//! What must hold: the answer and the work are the same for an address with an account and
//! for one without (check R01); nothing about the account changes (check P02). Somebody who
//! is disabled is answered as if they did not exist.

use domain::{
    Millis,
    accounts::Email,
    audit::{AuditAction, AuditOutcome},
    form::Field,
};
use secrecy::{ExposeSecret, SecretString};
use store::{LinkPurpose, NewLink, SignInRow};

use super::{on_the_beat::on_the_beat, sign_in::email_problem};
use crate::{Origin, ServiceError, Services, audit::Happening, hash_token, mail::Letter, new_token};

/// How long the link in the mail is good.
const OPEN: Millis = Millis::hours(1);

impl Services {
    /// # Errors
    /// [`ServiceError::Invalid`], [`ServiceError::Throttled`], [`ServiceError::Flooded`], or the database's.
    pub async fn ask_password_reset(&self, email: &str, origin: &Origin) -> Result<(), ServiceError> {
        on_the_beat(self.do_ask_password_reset(email, origin)).await
    }

    async fn do_ask_password_reset(&self, email: &str, origin: &Origin) -> Result<(), ServiceError> {
        self.count_mail_from(origin).await?;
        let email = Email::parse(email)
            .map_err(|problem| ServiceError::Invalid(vec![(Field::Email, email_problem(problem))]))?;
        self.count_mail_to("reset", &email).await?;
        let user = self.store.find_user_by_email(&email).await?.filter(|user| user.active);
        let token = new_token(self.entropy());
        let link = NewLink {
            token_hash: hash_token(token.expose_secret()),
            purpose: LinkPurpose::ResetPassword,
            user: user.as_ref().map(|user| user.id),
            email: email.as_str().to_owned(),
            new_email: None,
            expires_at: self.now() + OPEN,
        };
        let letter = self.reset_letter(user.as_ref(), &token);
        let mail = self.letter_row(email.as_str(), letter, &format!("reset:{}", link.token_hash));
        self.store.insert_link(&link, mail, self.now()).await?;
        let happening =
            Happening { action: AuditAction::AskPasswordReset, outcome: AuditOutcome::Done, reason: None, org: None };
        self.record_as(user.map(|user| user.id), email.as_str(), origin, happening).await
    }

    fn reset_letter(&self, user: Option<&SignInRow>, token: &SecretString) -> Letter {
        match user {
            Some(user) => Letter::ResetPassword {
                name: user.name.clone(),
                link: self.link("/reset-password", Some(("token", token.expose_secret()))),
            },
            None => Letter::NoAccountToReset { sign_up: self.link("/sign-up", None) },
        }
    }
}

//! Ask a mailbox, where the provider vouches for no address.
//!
//! What must hold: whether somebody has the address already is said in the mail only, and
//! both cost the same (check R01); the link opens nothing outside of the browser that asked.

use domain::{
    Millis,
    accounts::{Email, linking::Unfinished},
    form::Field,
};
use secrecy::ExposeSecret;

use super::{
    arrival::{Arrival, Step},
    complete::{Completion, parse},
};
use crate::{
    Origin, ServiceError, Services,
    accounts::{sign_in::email_problem, sign_up::repeatable},
    hash_token,
    mail::Letter,
    new_token,
};

/// How long the link in the mail is good.
const OPEN: Millis = Millis::hours(24);

impl Services {
    /// The arrival as it is to be kept from now on.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`], [`ServiceError::Throttled`], [`ServiceError::Flooded`],
    /// [`ServiceError::Unfinished`] when it took too long, or the database's.
    pub async fn confirm_address(
        &self,
        arrival: Arrival,
        typed: &Completion,
        origin: &Origin,
    ) -> Result<Arrival, ServiceError> {
        let asks = matches!(arrival.step(), Step::Confirm | Step::AwaitMail { .. }) && arrival.is_good(self.now());
        if !asks {
            return Err(ServiceError::Unfinished(Unfinished::FlowEnded));
        }
        self.count_mail_from(origin).await?;
        let email = email(typed)?;
        let (name, organization) = parse(typed)?;
        self.count_mail_to("complete-sign-up", &email).await?;
        let token = new_token(self.entropy());
        let letter = match self.store.find_user_by_email(&email).await? {
            Some(user) => self.already_registered(&user),
            None => Letter::ConfirmRegistration {
                name: repeatable(name.as_str(), "there"),
                organization: repeatable(organization.as_str(), "your organization"),
                link: self.link(
                    &format!("/auth/{}/confirm", arrival.provider().as_str()),
                    Some(("token", token.expose_secret())),
                ),
            },
        };
        let token_hash = hash_token(token.expose_secret());
        let row = self.letter_row(email.as_str(), letter, &format!("registration:{token_hash}"));
        self.store.insert_outbox(&[row], self.now()).await?;
        Ok(arrival.waiting_for(&email, name.as_str(), organization.as_str(), token_hash, self.now() + OPEN))
    }
}

/// With what else is wrong, so that all of it is said at once.
fn email(typed: &Completion) -> Result<Email, ServiceError> {
    Email::parse(&typed.email).map_err(|problem| {
        let mut problems = vec![(Field::Email, email_problem(problem))];
        if let Err(ServiceError::Invalid(more)) = parse(typed) {
            problems.extend(more);
        }
        ServiceError::Invalid(problems)
    })
}

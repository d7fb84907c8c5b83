//! Sign in with e-mail and password.
//!
//! What must hold: the answer is the same for an unknown person, a wrong password
//! and a disabled account (check L01); attempts are counted before the password
//! is looked at, on all nodes together (check L02).

use domain::{
    Timestamp,
    accounts::{
        Email, EmailProblem, Person,
        throttle::{Limit, PER_ACCOUNT, PER_ADDRESS},
    },
    audit::{AuditAction, AuditOutcome},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{Field, Origin, Problem, ServiceError, Services, audit::Happening};

/// What was typed.
pub struct SignIn {
    pub email: String,
    pub password: SecretString,
}

impl Services {
    /// # Errors
    /// [`ServiceError::Invalid`], [`ServiceError::WrongCredentials`], [`ServiceError::Throttled`],
    /// [`ServiceError::Busy`], or the database's.
    pub async fn sign_in(&self, typed: SignIn, origin: &Origin) -> Result<Person, ServiceError> {
        let email = parse(&typed)?;
        let account = format!("account:{}", email.as_str());
        self.count_attempts(&account, origin).await?;

        let row = self.store.find_user_by_email(&email).await?;
        let hash = row.as_ref().and_then(|row| row.password_hash.clone());
        let verdict = self.passwords.verify(typed.password.clone(), hash).await?;
        let known = row.filter(|row| row.active && verdict.right);

        let happening = |outcome, reason| Happening { action: AuditAction::SignIn, outcome, reason, org: None };
        let Some(row) = known else {
            self.record_as(None, email.as_str(), origin, happening(AuditOutcome::Refused, Some("wrong_credentials")))
                .await?;
            return Err(ServiceError::WrongCredentials);
        };
        if verdict.outdated {
            let hash = self.passwords.hash(typed.password, self.entropy().bytes()).await?;
            self.store.set_password_hash(row.id, &hash).await?;
        }
        let (cleared, recorded) = tokio::join!(
            self.store.clear_attempts(&account),
            self.record_as(Some(row.id), email.as_str(), origin, happening(AuditOutcome::Done, None)),
        );
        cleared?;
        recorded?;
        Ok(Person { id: row.id, email: row.email, name: row.name })
    }

    async fn count_attempts(&self, account: &str, origin: &Origin) -> Result<(), ServiceError> {
        let now = self.now();
        let address = origin.address.map(|address| format!("address:{address}"));
        let by_address = async {
            match &address {
                Some(subject) => self.count(subject, PER_ADDRESS, now).await,
                None => Ok(()),
            }
        };
        let (by_account, by_address) = tokio::join!(self.count(account, PER_ACCOUNT, now), by_address);
        by_account.and(by_address)
    }

    async fn count(&self, subject: &str, limit: Limit, now: Timestamp) -> Result<(), ServiceError> {
        if self.store.count_attempt(subject, limit.window_start(now)).await? > limit.attempts {
            return Err(ServiceError::Throttled { retry_after_seconds: limit.retry_after_seconds(now) });
        }
        Ok(())
    }
}

fn parse(typed: &SignIn) -> Result<Email, ServiceError> {
    let mut problems = Vec::new();
    let email = Email::parse(&typed.email).map_err(|problem| {
        problems.push((
            Field::Email,
            match problem {
                EmailProblem::Empty => Problem::Missing,
                EmailProblem::TooLong => Problem::TooLong,
                EmailProblem::Malformed => Problem::Malformed,
            },
        ));
    });
    if typed.password.expose_secret().is_empty() {
        problems.push((Field::Password, Problem::Missing));
    }
    match email {
        Ok(email) if problems.is_empty() => Ok(email),
        _ => Err(ServiceError::Invalid(problems)),
    }
}

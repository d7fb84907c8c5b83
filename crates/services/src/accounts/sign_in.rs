//! Sign in with e-mail and password.
//!
//! What must hold: the answer is the same for an unknown person, a wrong password
//! and a disabled account (check L01); attempts are counted before the password
//! is looked at, on all nodes together (check L02).

use std::net::{IpAddr, Ipv6Addr};

use domain::{
    accounts::{
        Email, EmailProblem, Method, Person,
        throttle::{PER_ACCOUNT, PER_ADDRESS},
    },
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
};
use secrecy::{ExposeSecret, SecretString};
use store::StoreError;

use crate::{Origin, ServiceError, Services, accounts::Entry, audit::Happening};

/// What was typed.
pub struct SignIn {
    pub email: String,
    pub password: SecretString,
}

impl Services {
    /// # Errors
    /// [`ServiceError::Invalid`], [`ServiceError::WrongCredentials`], [`ServiceError::Throttled`],
    /// [`ServiceError::Busy`], or the database's.
    pub async fn sign_in(&self, typed: SignIn, origin: &Origin) -> Result<Entry, ServiceError> {
        // Before anything else: a form with nothing in it costs a query as well.
        self.count_address(origin).await?;
        let email = parse(&typed)?;
        let account = format!("account:{}", email.as_str());
        self.count_account(&account).await?;

        let row = self.store.find_user_by_email(&email).await?;
        let hash = row.as_ref().and_then(|row| row.password_hash.clone());
        let verdict = match self.passwords.verify(typed.password.clone(), hash).await {
            Ok(verdict) => verdict,
            Err(error) => {
                // Nobody looked at the password: that we are busy is not theirs to pay for.
                self.store.give_back_attempt(&account, PER_ACCOUNT.window_start(self.now())).await?;
                return Err(error);
            }
        };
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
        let user = row.id;
        let entry = self.enter(Person { id: user, email: row.email, name: row.name }, Method::Password).await?;
        let asked = matches!(entry, Entry::Half { .. }).then_some("second_factor_asked");
        let (cleared, given_back, recorded) = tokio::join!(
            self.store.clear_attempts(&account),
            self.give_back(origin),
            self.record_as(Some(user), email.as_str(), origin, happening(AuditOutcome::Done, asked)),
        );
        cleared?;
        given_back?;
        recorded?;
        Ok(entry)
    }

    pub(crate) async fn count_account(&self, account: &str) -> Result<(), ServiceError> {
        self.count_attempt(account, PER_ACCOUNT).await
    }

    pub(crate) async fn count_address(&self, origin: &Origin) -> Result<(), ServiceError> {
        let (Some(subject), now) = (address_subject(origin), self.now()) else { return Ok(()) };
        if self.store.count_attempt(&subject, PER_ADDRESS.window_start(now)).await? > PER_ADDRESS.attempts {
            return Err(ServiceError::Flooded { retry_after_seconds: PER_ADDRESS.retry_after_seconds(now) });
        }
        Ok(())
    }

    /// Somebody who got in doesn't count against the office they share an address with.
    pub(crate) async fn give_back(&self, origin: &Origin) -> Result<(), StoreError> {
        match address_subject(origin) {
            Some(subject) => self.store.give_back_attempt(&subject, PER_ADDRESS.window_start(self.now())).await,
            None => Ok(()),
        }
    }
}

pub(crate) fn address_subject(origin: &Origin) -> Option<String> {
    origin.address.map(|address| match address {
        IpAddr::V4(address) => format!("address:{address}"),
        // One household or server gets a /64 and can pick any address in it (RFC 6177).
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            format!("address:{}/64", Ipv6Addr::from(network))
        }
    })
}

pub(crate) const fn email_problem(problem: EmailProblem) -> Problem {
    match problem {
        EmailProblem::Empty => Problem::Missing,
        EmailProblem::TooLong => Problem::TooLong,
        EmailProblem::Malformed => Problem::Malformed,
    }
}

fn parse(typed: &SignIn) -> Result<Email, ServiceError> {
    let mut problems = Vec::new();
    let email = Email::parse(&typed.email).map_err(|problem| {
        problems.push((Field::Email, email_problem(problem)));
    });
    if typed.password.expose_secret().is_empty() {
        problems.push((Field::Password, Problem::Missing));
    }
    match email {
        Ok(email) if problems.is_empty() => Ok(email),
        _ => Err(ServiceError::Invalid(problems)),
    }
}

//! Sign up: nothing exists before the mailbox says so (ADR 0015).
//!
//! What must hold: an address that has an account and one that has none get the same answer
//! after the same work (check R01); only the mailbox learns which it was. Any number of
//! registrations of one address stand side by side, each with its own password.

use domain::{
    Millis, Timestamp,
    accounts::{Email, PersonName, looks_like_an_address, password::PersonalWords},
    audit::{AuditAction, AuditOutcome},
    form::Field,
    orgs::OrgName,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::{NewOutboxRow, Registration, SignInRow};
use uuid::Uuid;

use super::sign_in::email_problem;
use crate::{Origin, ServiceError, Services, audit::Happening, hash_token, mail::Letter, new_token};

/// How long the link in the mail is good.
const OPEN: Millis = Millis::hours(24);

/// What was typed.
pub struct SignUp {
    pub name: String,
    pub email: String,
    pub password: SecretString,
    pub organization: String,
}

/// What the browser that signed up keeps: enough to ask for the mail once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedUp {
    pub id: Uuid,
    pub email: String,
    pub expires_at: Timestamp,
}

struct Parsed {
    name: PersonName,
    email: Email,
    organization: OrgName,
}

impl Services {
    /// # Errors
    /// [`ServiceError::Invalid`], [`ServiceError::Throttled`], [`ServiceError::Flooded`],
    /// [`ServiceError::Busy`], or the database's.
    pub async fn sign_up(&self, typed: SignUp, origin: &Origin) -> Result<SignedUp, ServiceError> {
        self.count_mail_from(origin).await?;
        let parsed = self.parse_sign_up(&typed).await?;
        self.count_mail_to("sign-up", &parsed.email).await?;
        // Hashed for both: it takes the longest of all.
        let password_hash = self.passwords.hash(typed.password, self.entropy().bytes()).await?;
        let now = self.now();
        let registration = Registration {
            id: self.entropy().uuid(),
            token_hash: String::new(),
            email: parsed.email.as_str().to_owned(),
            name: parsed.name.as_str().to_owned(),
            organization: parsed.organization.as_str().to_owned(),
            password_hash,
            created_at: now,
            expires_at: now + OPEN,
        };
        let signed_up =
            SignedUp { id: registration.id, email: registration.email.clone(), expires_at: registration.expires_at };
        self.post_registration(registration, &parsed.email, origin).await?;
        Ok(signed_up)
    }

    /// Stores a registration under a new token and writes to its mailbox.
    pub(super) async fn post_registration(
        &self,
        registration: Registration,
        email: &Email,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let user = self.store.find_user_by_email(email).await?;
        let token = new_token(self.entropy());
        let registration = Registration { token_hash: hash_token(token.expose_secret()), ..registration };
        let mail = self.registration_mail(&registration, user.as_ref(), &token);
        // Also where there is a user: nobody has that token, and it costs the same.
        self.store.insert_registration(&registration, mail, self.now()).await?;
        let happening = Happening { action: AuditAction::SignUp, outcome: AuditOutcome::Done, reason: None, org: None };
        self.record_as(None, email.as_str(), origin, happening).await
    }

    fn registration_mail(
        &self,
        registration: &Registration,
        user: Option<&SignInRow>,
        token: &SecretString,
    ) -> NewOutboxRow {
        let letter = match user {
            Some(user) => self.already_registered(user),
            None => Letter::ConfirmRegistration {
                name: repeatable(&registration.name, "there"),
                organization: repeatable(&registration.organization, "your organization"),
                link: self.link("/verify-email", Some(("token", token.expose_secret()))),
            },
        };
        self.letter_row(&registration.email, letter, &format!("registration:{}", registration.token_hash))
    }

    async fn parse_sign_up(&self, typed: &SignUp) -> Result<Parsed, ServiceError> {
        let mut problems = Vec::new();
        let mut note = |field, problem| problems.push((field, problem));
        let name = PersonName::parse(&typed.name).map_err(|problem| note(Field::Name, problem));
        let email = Email::parse(&typed.email).map_err(|problem| note(Field::Email, email_problem(problem)));
        let organization = OrgName::parse(&typed.organization).map_err(|problem| note(Field::Organization, problem));
        let personal = PersonalWords::of([&*typed.name, &*typed.email, &*typed.organization]);
        if let Err(problem) = self.judge_password(typed.password.clone(), personal).await? {
            note(Field::NewPassword, problem);
        }
        match (name, email, organization) {
            (Ok(name), Ok(email), Ok(organization)) if problems.is_empty() => Ok(Parsed { name, email, organization }),
            _ => Err(ServiceError::Invalid(problems)),
        }
    }
}

/// What a stranger typed is said in a mail only where no link can come of it: the mail may go to
/// somebody who never heard of us (check T08).
pub(crate) fn repeatable(text: &str, instead: &str) -> String {
    if looks_like_an_address(text) { instead.to_owned() } else { text.to_owned() }
}

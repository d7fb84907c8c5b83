//! Confirm a registration: the token from the mail AND the password that was chosen.
//!
//! What must hold: whoever reads the mailbox without having signed up gets nothing, and
//! whoever signed up without having the mailbox gets nothing (check R04). One registration
//! of an address becomes its account, once, on all nodes together (check R03).

use domain::{
    OrgId, UserId,
    accounts::{Email, Method, Person, throttle::PER_ACCOUNT},
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
    orgs::{OrgName, Slug},
};
use secrecy::{ExposeSecret, SecretString};
use store::{Founding, NewUser, Registration};

use super::Entry;
use crate::{Origin, ServiceError, Services, audit::Happening, hash_token};

/// How many slugs with a number are tried before one with letters that nobody else has.
const NUMBERED: u32 = 9;

/// What was typed, and the token of the link.
pub struct ConfirmRegistration {
    pub token: String,
    pub password: SecretString,
}

/// Somebody new, and their organisation's slug.
pub struct Confirmed {
    pub entry: Entry,
    pub slug: Slug,
}

impl Services {
    /// Whose registration a link is of, for its page. Looking uses nothing up (check P03).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn registration_email(&self, token: &str) -> Result<Option<String>, ServiceError> {
        let found = self.store.find_registration_by_token(&hash_token(token), self.now()).await?;
        Ok(found.map(|registration| registration.email))
    }

    /// # Errors
    /// [`ServiceError::LinkNotGood`], [`ServiceError::Invalid`], [`ServiceError::Throttled`],
    /// [`ServiceError::Flooded`], [`ServiceError::Busy`], or the database's.
    pub async fn confirm_registration(
        &self,
        typed: ConfirmRegistration,
        origin: &Origin,
    ) -> Result<Confirmed, ServiceError> {
        self.count_address(origin).await?;
        let token_hash = hash_token(&typed.token);
        let found = self.store.find_registration_by_token(&token_hash, self.now()).await?;
        let registration = found.ok_or(ServiceError::LinkNotGood)?;
        self.check_registrations_password(&registration, typed.password, origin).await?;
        let confirmed = self.found(&registration, origin).await?;
        self.give_back(origin).await?;
        Ok(confirmed)
    }

    async fn check_registrations_password(
        &self,
        registration: &Registration,
        password: SecretString,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        if password.expose_secret().is_empty() {
            return Err(ServiceError::Invalid(vec![(Field::Password, Problem::Missing)]));
        }
        let subject = format!("registration:{}", registration.id);
        self.count_within(&subject, PER_ACCOUNT).await?;
        match self.passwords.verify(password, Some(registration.password_hash.clone())).await {
            Ok(verdict) if verdict.right => Ok(self.store.clear_attempts(&subject).await?),
            Ok(_) => {
                let refused = happening(AuditOutcome::Refused, Some("wrong_password"), None);
                self.record_as(None, &registration.email, origin, refused).await?;
                Err(ServiceError::Invalid(vec![(Field::Password, Problem::Wrong)]))
            }
            Err(error) => {
                // Nobody looked at the password: that we are busy is not theirs to pay for.
                self.store.give_back_attempt(&subject, PER_ACCOUNT.window_start(self.now())).await?;
                Err(error)
            }
        }
    }

    /// Makes everything that a registration becomes, and lets the person in.
    async fn found(&self, registration: &Registration, origin: &Origin) -> Result<Confirmed, ServiceError> {
        let unreadable = ServiceError::Unreadable;
        let email = Email::parse(&registration.email).map_err(|_| unreadable("registrations.email"))?;
        let org_name =
            OrgName::parse(&registration.organization).map_err(|_| unreadable("registrations.organization"))?;
        let (id, org) = (UserId::from_uuid(self.entropy().uuid()), OrgId::from_uuid(self.entropy().uuid()));
        let founding = Founding {
            user: NewUser {
                id,
                email: &email,
                name: &registration.name,
                password_hash: Some(&registration.password_hash),
            },
            org,
            org_name: &org_name,
            slugs: &self.slugs(&org_name),
            outbox: &[self.customer_row(org, &org_name, &email)],
        };
        let made = self.store.confirm_registration(&registration.token_hash, &founding, self.now()).await?;
        let Some(slug) = made else {
            let refused = happening(AuditOutcome::Refused, Some("link_not_good"), None);
            self.record_as(None, email.as_str(), origin, refused).await?;
            return Err(ServiceError::LinkNotGood);
        };
        self.record_as(Some(id), email.as_str(), origin, happening(AuditOutcome::Done, None, Some(org))).await?;
        let person = Person { id, email: registration.email.clone(), name: registration.name.clone() };
        Ok(Confirmed { entry: self.enter(person, Method::Password).await?, slug })
    }

    /// The name's own, then with a number, then one that is surely free.
    pub(crate) fn slugs(&self, name: &OrgName) -> Vec<Slug> {
        let own = Slug::of_name(name);
        let numbered = (2..=NUMBERED).map(|number| own.with(&number.to_string()));
        let last = own.with(&self.entropy().uuid().simple().to_string()[..8]);
        [own.clone()].into_iter().chain(numbered).chain([last]).collect()
    }
}

const fn happening(outcome: AuditOutcome, reason: Option<&'static str>, org: Option<OrgId>) -> Happening {
    Happening { action: AuditAction::CreateAccount, outcome, reason, org }
}

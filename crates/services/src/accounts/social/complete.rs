//! Make the account of somebody whose address a provider vouches for, or the mailbox does.

use domain::{
    OrgId, UserId,
    accounts::{Email, Person, PersonName, linking::Unfinished},
    audit::{AuditAction, AuditOutcome},
    form::Field,
    orgs::{OrgName, Slug},
};
use store::{Founding, NewUser};

use super::arrival::{Arrival, Step};
use crate::{Origin, ServiceError, Services, accounts::Entry, audit::Happening};

/// What was typed.
pub struct Completion {
    pub name: String,
    pub organization: String,
    /// Where the provider vouches for none.
    pub email: String,
}

impl Services {
    /// # Errors
    /// [`ServiceError::Invalid`]; [`ServiceError::Unfinished`] when it took too long, or somebody
    /// else was faster; the database's.
    pub async fn complete_sign_up(
        &self,
        arrival: &Arrival,
        typed: &Completion,
        origin: &Origin,
    ) -> Result<(Entry, Slug), ServiceError> {
        let ended = ServiceError::Unfinished(Unfinished::FlowEnded);
        if *arrival.step() != Step::Create || !arrival.is_good(self.now()) {
            return Err(ended);
        }
        let Some(email) = arrival.email().and_then(|email| Email::parse(email).ok()) else { return Err(ended) };
        let (name, org_name) = parse(typed)?;
        let user = UserId::from_uuid(self.entropy().uuid_at(self.now()));
        let org = OrgId::from_uuid(self.entropy().uuid_at(self.now()));
        let founding = Founding {
            user: NewUser { id: user, email: &email, name: name.as_str(), password_hash: None },
            org,
            org_name: &org_name,
            slugs: &self.slugs(&org_name),
            outbox: &[self.customer_row(org, &org_name, &email)],
        };
        let made = self.store.found_by_identity(&founding, &self.identity_of(arrival), self.now()).await?;
        let slug = made.ok_or(ServiceError::Unfinished(Unfinished::Conflict))?;
        let method = Some(arrival.provider().as_str());
        let made = Happening {
            action: AuditAction::CreateAccount,
            outcome: AuditOutcome::Done,
            reason: method,
            org: Some(org),
        };
        self.record_as(Some(user), email.as_str(), origin, made).await?;
        self.give_back(origin).await?;
        let person = Person { id: user, email: email.as_str().to_owned(), name: name.as_str().to_owned() };
        Ok((self.enter(person, arrival.provider().method()).await?, slug))
    }
}

pub(super) fn parse(typed: &Completion) -> Result<(PersonName, OrgName), ServiceError> {
    let name = PersonName::parse(&typed.name).map_err(|problem| (Field::Name, problem));
    let org = OrgName::parse(&typed.organization).map_err(|problem| (Field::Organization, problem));
    match (name, org) {
        (Ok(name), Ok(org)) => Ok((name, org)),
        (name, org) => Err(ServiceError::Invalid([name.err(), org.err()].into_iter().flatten().collect())),
    }
}

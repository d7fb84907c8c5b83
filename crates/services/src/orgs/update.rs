//! Change an organisation's name and address.

use domain::{
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
    orgs::{OrgName, Slug, SlugProblem},
};
use policy::Action;
use store::Renamed;

use crate::{Actor, ServiceError, Services, audit::Happening};

/// The page's.
pub struct GeneralView {
    pub may_update: bool,
    pub may_delete: bool,
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`].
    pub async fn show_general(&self, actor: &Actor, slug: &str) -> Result<GeneralView, ServiceError> {
        let membership = self.authorize(actor, slug, Action::ReadOrganization).await?;
        let may = async |action| self.decide(actor, membership, action).await.allowed;
        Ok(GeneralView {
            may_update: may(Action::UpdateOrganization).await,
            may_delete: may(Action::DeleteOrganization).await,
        })
    }

    /// Gives the address that it has now.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::Invalid`] with what is
    /// wrong with either, the database's.
    pub async fn update_organization(
        &self,
        actor: &Actor,
        slug: &str,
        (name, address): (&str, &str),
    ) -> Result<Slug, ServiceError> {
        let attempted = AuditAction::UpdateOrganization;
        let membership = self.admit(actor, slug, Action::UpdateOrganization, attempted).await?;
        let organization = &membership.organization;
        let (name, address) = parse(name, address, &organization.slug)?;
        if (name.as_str(), address.as_str()) == (&*organization.name, &*organization.slug) {
            return Ok(address);
        }
        let (outcome, org) = (AuditOutcome::Done, Some(organization.id));
        let person = actor.person();
        let happening = Happening { action: attempted, outcome, reason: None, org };
        let entry = self.entry(Some(person.id), &person.email, actor.origin(), happening).about(&format!(
            "{} (/o/{})",
            name.as_str(),
            address.as_str()
        ));
        match self.store.update_organization(organization.id, (&name, &address), &entry).await? {
            Renamed::Done => Ok(address),
            Renamed::Taken => Err(ServiceError::Invalid(vec![(Field::Address, Problem::AlreadyThere)])),
            Renamed::Gone => Err(ServiceError::NotFound),
        }
    }

    /// Where somebody's organisation is now that had that address.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_moved<'a>(&self, actor: &'a Actor, slug: &str) -> Result<Option<&'a str>, ServiceError> {
        let Some(slug) = Slug::parse(slug).filter(|slug| actor.membership(slug.as_str()).is_err()) else {
            return Ok(None);
        };
        let owner = self.store.find_organization_by_address(&slug).await?;
        let theirs = actor.memberships().iter().find(|membership| Some(membership.organization.id) == owner);
        Ok(theirs.map(|membership| membership.organization.slug.as_str()))
    }
}

fn parse(name: &str, address: &str, has: &str) -> Result<(OrgName, Slug), ServiceError> {
    let name = OrgName::parse(name);
    let slug = match Slug::choose(address) {
        // What it has, it keeps, whatever the rules say by now.
        Ok(slug) => Ok(slug),
        Err(_) if address == has => Slug::parse(has).ok_or(Problem::Malformed),
        Err(SlugProblem::Empty) => Err(Problem::Missing),
        Err(SlugProblem::TooLong) => Err(Problem::TooLong),
        Err(SlugProblem::Malformed) => Err(Problem::Malformed),
        Err(SlugProblem::Reserved) => Err(Problem::AlreadyThere),
    };
    match (name, slug) {
        (Ok(name), Ok(slug)) => Ok((name, slug)),
        (name, slug) => {
            let name = name.err().map(|problem| (Field::Organization, problem));
            let slug = slug.err().map(|problem| (Field::Address, problem));
            Err(ServiceError::Invalid(name.into_iter().chain(slug).collect()))
        }
    }
}

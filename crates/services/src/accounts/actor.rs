//! The one who acts.

use std::net::IpAddr;

use domain::{
    accounts::{Person, Proof},
    orgs::Slug,
};
use policy::Subject;
use store::{Membership, PersonWithMemberships};

use crate::{ServiceError, Services};

/// Where a request came from, for the audit trail.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    pub address: Option<IpAddr>,
    pub request_id: String,
    /// The operator who acts as somebody else, by their address.
    pub operator: Option<String>,
}

/// A signed-in person with all their memberships, of one moment. Made anew for
/// every request, so that a role taken away is gone with the next one (check T04).
#[derive(Clone, Debug)]
pub struct Actor {
    person: Person,
    memberships: Vec<Membership>,
    proof: Proof,
    origin: Origin,
}

impl Actor {
    /// Of what was read together with the live session that the request carries.
    pub fn of_session(found: PersonWithMemberships, proof: Proof, origin: Origin) -> Self {
        Self { person: found.person, memberships: found.memberships, proof, origin }
    }

    pub fn person(&self) -> &Person {
        &self.person
    }

    pub fn memberships(&self) -> &[Membership] {
        &self.memberships
    }

    /// How they signed in, and how long ago.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether it is an operator who acts as them.
    pub fn is_impersonated(&self) -> bool {
        self.origin.operator.is_some()
    }

    /// The membership in the organisation of that slug. An organisation that does
    /// not exist and one of others are the same here: not found.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub fn membership(&self, slug: &str) -> Result<&Membership, ServiceError> {
        let slug = Slug::parse(slug).ok_or(ServiceError::NotFound)?;
        self.memberships
            .iter()
            .find(|membership| membership.organization.slug == slug.as_str())
            .ok_or(ServiceError::NotFound)
    }

    pub(crate) fn subject(&self, membership: &Membership) -> Subject {
        Subject { user: self.person.id, membership: Some((membership.organization.id, membership.role)) }
    }
}

impl Services {
    /// Passes somebody whose proof is recent: the first line of whatever changes how one
    /// signs in, what is paid, or what is deleted (check L06).
    ///
    /// # Errors
    /// [`ServiceError::ProofTooOld`]: the browser is sent to prove it again.
    pub fn require_recent_proof(&self, actor: &Actor) -> Result<(), ServiceError> {
        if actor.proof.is_recent(self.now()) { Ok(()) } else { Err(ServiceError::ProofTooOld) }
    }

    /// The same actor, read again: before something that can't be undone. None when they
    /// are gone or disabled.
    pub(crate) async fn renew(&self, actor: &Actor) -> Result<Option<Actor>, ServiceError> {
        let found = self.store.find_memberships(actor.person.id).await?;
        Ok(found.map(|found| Actor::of_session(found, actor.proof.clone(), actor.origin.clone())))
    }
}

//! The one who acts.

use std::{net::IpAddr, sync::Arc};

use domain::{
    OrgId, Timestamp,
    accounts::{Person, Proof},
    orgs::Slug,
};
use policy::{Reason, Subject};
use store::{Membership, PersonWithMemberships};
use uuid::Uuid;

use crate::{ServiceError, Services};

/// Where a request came from, for the audit trail.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    pub address: Option<IpAddr>,
    pub request_id: String,
    /// The operator who acts as somebody else, by their address.
    pub operator: Option<Arc<str>>,
}

/// A signed-in person with all their memberships, of one moment. Made anew for
/// every request, so that a role taken away is gone with the next one (check T04).
#[derive(Clone, Debug)]
pub struct Actor {
    person: Person,
    memberships: Vec<Membership>,
    proof: Proof,
    origin: Origin,
    // Rarely there: an actor is copied into everything that waits.
    acted_by: Option<Arc<ActedBy>>,
}

/// The operator who acts as somebody, and in which organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActedBy {
    pub impersonation: Uuid,
    /// The operator's address.
    pub operator: Arc<str>,
    pub org: OrgId,
    pub until: Timestamp,
}

impl Actor {
    /// Of what was read together with the live session that the request carries.
    pub fn of_session(found: PersonWithMemberships, proof: Proof, origin: Origin) -> Self {
        Self { person: found.person, memberships: found.memberships, proof, origin, acted_by: None }
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
        self.acted_by.is_some()
    }

    pub fn acted_by(&self) -> Option<&ActedBy> {
        self.acted_by.as_deref()
    }

    /// The same person as an operator is them: in one organisation, and by name.
    pub(crate) fn impersonated_by(mut self, acted_by: Arc<ActedBy>) -> Self {
        self.memberships.retain(|membership| membership.organization.id == acted_by.org);
        self.origin.operator = Some(Arc::clone(&acted_by.operator));
        self.acted_by = Some(acted_by);
        self
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
        if actor.is_impersonated() {
            // The operator could not give one, and is not asked for it.
            return Err(ServiceError::Forbidden(Reason::Impersonated));
        }
        if actor.proof.is_recent(self.now()) { Ok(()) } else { Err(ServiceError::ProofTooOld) }
    }

    /// The same actor, read again: before something that can't be undone. None when they
    /// are gone or disabled.
    pub(crate) async fn renew(&self, actor: &Actor) -> Result<Option<Actor>, ServiceError> {
        if let Some(acted_by) = &actor.acted_by
            && !self.is_live(acted_by.impersonation).await?
        {
            return Ok(None);
        }
        let found = self.store.find_memberships(actor.person.id).await?;
        Ok(found.map(|found| {
            let renewed = Actor::of_session(found, actor.proof.clone(), actor.origin.clone());
            match &actor.acted_by {
                Some(acted_by) => renewed.impersonated_by(Arc::clone(acted_by)),
                None => renewed,
            }
        }))
    }
}

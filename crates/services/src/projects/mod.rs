//! Projects: what the members of an organisation work in.

mod create;
mod delete;
mod list;
mod rename;
mod show;

pub use list::ProjectsView;
pub use show::ProjectView;
pub use store::{PostSummary, Project};

use domain::{ProjectId, audit::AuditAction, audit::AuditOutcome};
use store::{AuditEntry, Membership};
use uuid::Uuid;

use crate::{Actor, ServiceError, Services, audit::Happening};

/// How many of a list are on one page.
pub(crate) const PAGE_SIZE: u64 = 20;
/// Nobody goes further; whoever wants to looks for something.
pub(crate) const LAST_PAGE: u64 = 10_000;

/// What is no id can't be one of a project either: it looks like one that is not there.
pub(crate) fn parse_project(id: &str) -> Result<ProjectId, ServiceError> {
    Uuid::parse_str(id).map(ProjectId::from_uuid).map_err(|_| ServiceError::NotFound)
}

impl Services {
    /// That it was done, about what is called `about`.
    pub(crate) fn done(&self, actor: &Actor, membership: &Membership, action: AuditAction, about: &str) -> AuditEntry {
        let (person, org) = (actor.person(), Some(membership.organization.id));
        let happening = Happening { action, outcome: AuditOutcome::Done, reason: None, org };
        self.entry(Some(person.id), &person.email, actor.origin(), happening).about(about)
    }
}

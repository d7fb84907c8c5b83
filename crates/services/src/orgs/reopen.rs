//! Take the deletion of an organisation back.

use domain::{
    Timestamp,
    audit::{AuditAction, AuditOutcome},
    orgs::Role,
};
use policy::{Action, Subject};
use store::Closed;

use crate::{Actor, ServiceError, Services};

/// What the page of a closing organisation shows.
pub struct ClosingView {
    pub name: String,
    /// When it is deleted; none when it stays.
    pub due: Option<Timestamp>,
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`].
    pub async fn show_closing(&self, actor: &Actor, slug: &str) -> Result<ClosingView, ServiceError> {
        let membership = self.authorize(actor, slug, Action::RestoreOrganization).await?;
        Ok(ClosingView { name: membership.organization.name.clone(), due: membership.closing })
    }

    /// Takes it back.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], the database's.
    pub async fn reopen_organization(&self, actor: &Actor, slug: &str) -> Result<(), ServiceError> {
        let attempted = AuditAction::ReopenOrganization;
        let membership = self.admit(actor, slug, Action::RestoreOrganization, attempted).await?;
        let letters = self.closing_letters(actor, membership, None).await?;
        let (org, by) = (membership.organization.id, actor.person().id);
        let given = self.circumstances(actor, membership, Action::RestoreOrganization).await;
        let may = |role: Option<Role>| {
            let subject = Subject { user: by, membership: role.map(|role| (org, role)) };
            self.policy.decide(subject, Action::RestoreOrganization, org, given).allowed
        };
        let entry = self.closing_entry(actor, membership, (attempted, AuditOutcome::Done, None));
        match self.store.reopen_organization((org, by), &letters, &entry, may).await? {
            Closed::Done | Closed::Gone => Ok(()),
            Closed::NotAllowed | Closed::SubscriptionLives => Err(ServiceError::NotFound),
        }
    }
}

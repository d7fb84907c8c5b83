//! Carry out the deletions of organisations whose time has come. Called by a schedule, on any number
//! of nodes.
//!
//! What must hold: one is deleted once, and its owners get one letter each, by however many workers.
//! One that can't be deleted holds up no other: it is tried again a day later, and somebody is told.

use domain::{
    Millis,
    audit::{AuditAction, AuditOutcome},
    orgs::{Organization, Role},
};
use store::Departure;

use crate::{Alert, Origin, ServiceError, Services, audit::Happening, mail::Letter};

const AGAIN: Millis = Millis::days(1);
/// Who did it: nobody in person.
const ACTOR: &str = "schedule";

impl Services {
    /// Deletes up to `limit` organisations; answers how many it looked at. Nothing: come back later.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_due_organizations(&self, limit: u64) -> Result<u64, ServiceError> {
        let due = self.store.list_due_organizations(self.now(), limit).await?;
        for organization in &due {
            self.delete_organization(organization).await?;
        }
        Ok(due.len() as u64)
    }

    async fn delete_organization(&self, organization: &Organization) -> Result<(), ServiceError> {
        let members = self.store.list_members(organization.id).await?;
        let owners = members.into_iter().filter(|member| member.role == Role::Owner);
        let letters: Vec<_> = owners
            .map(|owner| {
                let letter = Letter::OrganizationDeleted {
                    name: owner.person.name.clone(),
                    organization: organization.name.clone(),
                };
                let key = format!("organization_deleted:{}:{}", organization.id, owner.person.id);
                self.letter_row(&owner.person.email, letter, &key)
            })
            .collect();
        let (action, outcome) = (AuditAction::DeleteOrganization, AuditOutcome::Done);
        let happening = Happening { action, outcome, reason: None, org: Some(organization.id) };
        let entry = self.entry(None, ACTOR, &Origin::default(), happening).about(&organization.slug);
        let again = self.now() + AGAIN;
        match self.store.delete_closed_organization(organization, &letters, &entry, again).await? {
            Departure::Left => tracing::info!(org = %organization.id, "an organization is deleted"),
            Departure::PutOff => self.ports.alerts.raise(&Alert::OrganizationPutOff { org: organization.id }),
            Departure::Gone => {}
        }
        Ok(())
    }
}

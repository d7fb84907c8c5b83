//! Ask for an organisation's deletion. For thirty days it is closed, and an owner can take that back.
//!
//! What must hold: only an owner with a recent proof closes it, and only where nothing goes on
//! charging, and what is open for payment is taken back; every owner is told, the one who did it included; what is closed opens to nobody.

use domain::{
    Timestamp,
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
    orgs::{CLOSING_GRACE, Role},
};
use policy::{Action, Subject};
use store::{Closed, Membership, NewOutboxRow};

use crate::{Actor, ServiceError, Services, audit::Happening, mail::Letter};

impl Services {
    /// `confirmation` is the organisation's own address, typed.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::ProofTooOld`],
    /// [`ServiceError::Invalid`] when the address is another one or a subscription lives; the database's.
    pub async fn close_organization(&self, actor: &Actor, slug: &str, confirmation: &str) -> Result<(), ServiceError> {
        let attempted = AuditAction::CloseOrganization;
        let membership = self.admit(actor, slug, Action::DeleteOrganization, attempted).await?;
        self.prove_for(actor, membership, attempted).await?;
        let invalid = |problem| Err(ServiceError::Invalid(vec![(Field::Confirmation, problem)]));
        match confirmation.trim().trim_start_matches("/o/") {
            "" => return invalid(Problem::Missing),
            typed if typed != membership.organization.slug => return invalid(Problem::Wrong),
            _ => {}
        }
        let due = self.now() + CLOSING_GRACE;
        let mut rows = self.closing_letters(actor, membership, Some(due)).await?;
        // What was begun to be bought can't be paid any more.
        let customer = membership.billing.customer.as_ref();
        rows.extend(customer.map(|customer| self.expiry_row(membership.organization.id, customer)));
        let (org, by) = (membership.organization.id, actor.person().id);
        let given = self.circumstances(actor, membership, Action::DeleteOrganization).await;
        let may = |role: Option<Role>| {
            let subject = Subject { user: by, membership: role.map(|role| (org, role)) };
            self.policy.decide(subject, Action::DeleteOrganization, org, given).allowed
        };
        let entry = self.closing_entry(actor, membership, (attempted, AuditOutcome::Done, None));
        match self.store.close_organization((org, by), due, &rows, &entry, may).await? {
            Closed::Done | Closed::Gone => Ok(()),
            Closed::NotAllowed => Err(ServiceError::NotFound),
            Closed::SubscriptionLives => {
                let refused = (attempted, AuditOutcome::Refused, Some("subscription_lives"));
                self.store.insert_audit_entry(&self.closing_entry(actor, membership, refused)).await?;
                invalid(Problem::InTheWay)
            }
        }
    }

    pub(super) fn closing_entry(
        &self,
        actor: &Actor,
        membership: &Membership,
        (action, outcome, reason): (AuditAction, AuditOutcome, Option<&'static str>),
    ) -> store::AuditEntry {
        let (person, org) = (actor.person(), Some(membership.organization.id));
        self.entry(Some(person.id), &person.email, actor.origin(), Happening { action, outcome, reason, org })
    }

    /// To every owner: it closes, or stays after all.
    pub(super) async fn closing_letters(
        &self,
        actor: &Actor,
        membership: &Membership,
        due: Option<Timestamp>,
    ) -> Result<Vec<NewOutboxRow>, ServiceError> {
        let organization = &membership.organization;
        let who = &actor.person().name;
        let moment = self.entropy().uuid();
        let members = self.store.list_members(organization.id).await?;
        let owners = members.into_iter().filter(|member| member.role == Role::Owner);
        let letters = owners.map(|owner| {
            let (name, who, called) = (owner.person.name, who.clone(), organization.name.clone());
            let link = |page: &str| self.link(&format!("/o/{}{page}", organization.slug), None);
            let letter = match due {
                Some(due) => {
                    Letter::OrganizationClosing { name, who, organization: called, due, keep: link("/closing") }
                }
                None => Letter::OrganizationReopened { name, who, organization: called, link: link("") },
            };
            self.letter_row(&owner.person.email, letter, &format!("closing:{moment}:{}", owner.person.id))
        });
        Ok(letters.collect())
    }
}

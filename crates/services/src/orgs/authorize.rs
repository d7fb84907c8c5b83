//! May this person do this here? Every use case on an organisation begins with it.

use domain::{
    OrgId,
    audit::{AuditAction, AuditOutcome},
    orgs::{Admission, Slug},
};
use policy::{Action, Circumstances, Decision, Reason, Resource};
use store::Membership;

use crate::{Actor, ServiceError, Services, audit::Happening, flags::Off};

impl Services {
    /// The membership by which `actor` may do `action` in the organisation of that slug.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for strangers and where a flag is off, [`ServiceError::Forbidden`] for members.
    pub async fn authorize<'a>(
        &self,
        actor: &'a Actor,
        slug: &str,
        action: Action,
    ) -> Result<&'a Membership, ServiceError> {
        let membership = actor.membership(slug)?;
        refuse_unless(&self.decide(actor, membership, action).await)?;
        Ok(membership)
    }

    /// The decision with its reasons, for pages that show different things to different people.
    pub async fn decide(&self, actor: &Actor, membership: &Membership, action: Action) -> Decision {
        self.decide_on(actor, membership, action, membership.organization.id).await
    }

    /// The same about something inside the organisation: a membership, a post.
    pub async fn decide_on(
        &self,
        actor: &Actor,
        membership: &Membership,
        action: Action,
        resource: impl Into<Resource>,
    ) -> Decision {
        let circumstances = self.circumstances(actor, membership, action).await;
        self.policy.decide(actor.subject(membership), action, resource, circumstances)
    }

    /// What is so besides who and what, for a decision on an action that is made again and again.
    pub(crate) async fn circumstances(&self, actor: &Actor, membership: &Membership, action: Action) -> Circumstances {
        let org = membership.organization.id;
        let rules = membership.access_rules.as_ref();
        let admission = rules.map_or(Admission::FREE, |rules| rules.admission(self.now(), actor.origin().address));
        Circumstances {
            second_factor_satisfied: !membership.requires_second_factor || actor.proof().has_second_factor(),
            has_customer: membership.billing.customer.is_some(),
            billing_portal_flag: match action {
                // A flag that can't be read is off (P-06).
                Action::SetUpBilling | Action::OpenBillingPortal => {
                    self.flags.is_on(domain::flags::BILLING_PORTAL, org).await.or_off()
                }
                // Nothing else depends on it, nor on the table that it is kept in.
                _ => false,
            },
            within_hours: admission.within_hours,
            address_allowed: admission.address_allowed,
            glass_broken: membership.glass_broken_until.is_some_and(|until| self.now() < until),
            closing: membership.closing.is_some(),
            impersonated: actor.is_impersonated(),
        }
    }

    /// Passes a member who may do this; a refusal is written into the organisation's trail, also
    /// that of a stranger, as an attempt at `attempted` (check V01).
    ///
    /// # Errors
    /// As [`Services::authorize`], or the database's.
    pub(crate) async fn admit<'a>(
        &self,
        actor: &'a Actor,
        slug: &str,
        action: Action,
        attempted: AuditAction,
    ) -> Result<&'a Membership, ServiceError> {
        let (org, reason, error) = match actor.membership(slug) {
            Ok(membership) => match self.decide(actor, membership, action).await.first_reason() {
                None => return Ok(membership),
                Some(reason) => (Some(membership.organization.id), reason, refusal(reason)),
            },
            Err(error) => (self.organization_asked_for(slug).await?, Reason::NotAMember, error),
        };
        if org.is_some() {
            let (outcome, reason) = (AuditOutcome::Refused, Some(reason.as_str()));
            self.record(actor, Happening { action: attempted, outcome, reason, org }).await?;
        }
        Err(error)
    }

    /// For the audit trail only. Unknown and foreign take the same query.
    pub(crate) async fn organization_asked_for(&self, slug: &str) -> Result<Option<OrgId>, ServiceError> {
        let Some(slug) = Slug::parse(slug) else { return Ok(None) };
        Ok(self.store.find_organization_by_slug(&slug).await?.map(|organization| organization.id))
    }
}

/// A no as an error: a stranger and a switched-off feature look like nothing at all.
pub(crate) fn refuse_unless(decision: &Decision) -> Result<(), ServiceError> {
    match decision.first_reason() {
        None if decision.allowed => Ok(()),
        reason => Err(refusal(reason.unwrap_or(Reason::Undecidable))),
    }
}

/// What the one asking is told.
pub(crate) fn refusal(reason: Reason) -> ServiceError {
    match reason {
        Reason::NotAMember | Reason::FlagOff => ServiceError::NotFound,
        reason => ServiceError::Forbidden(reason),
    }
}

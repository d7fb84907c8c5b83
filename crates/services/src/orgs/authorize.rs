//! May this person do this here? Every use case on an organisation begins with it.

use domain::orgs::Admission;
use policy::{Action, Circumstances, Decision, Reason, Resource};
use store::Membership;

use crate::{Actor, ServiceError, Services, flags::Off};

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
        let org = membership.organization.id;
        let rules = membership.access_rules.as_ref();
        let admission = rules.map_or(Admission::FREE, |rules| rules.admission(self.now(), actor.origin().address));
        let circumstances = Circumstances {
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
            closing: false,
        };
        self.policy.decide(actor.subject(membership), action, resource, circumstances)
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

//! What an organisation asks of its members' sign-in.
//!
//! What must hold: nobody shuts themselves out. Whoever turns it on has shown a second factor
//! in this very session.

use std::net::IpAddr;

use domain::{
    audit::{AuditAction, AuditOutcome},
    orgs::AccessRules,
};
use policy::{Action, Reason};
use store::Membership;

use super::{refusal, refuse_unless};
use crate::{Actor, ServiceError, Services, audit::Happening};

/// The page's.
#[derive(Clone, Debug)]
pub struct SecurityView {
    pub requires_second_factor: bool,
    /// Whether this person could turn it on.
    pub has_shown_one: bool,
    pub access_rules: AccessRules,
    /// Where this person is now.
    pub address: Option<IpAddr>,
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`].
    pub async fn show_security(&self, actor: &Actor, slug: &str) -> Result<SecurityView, ServiceError> {
        let membership = self.authorize(actor, slug, Action::ManageSecurity).await?;
        Ok(SecurityView {
            requires_second_factor: membership.requires_second_factor,
            has_shown_one: actor.proof().has_second_factor(),
            access_rules: membership.access_rules.clone().unwrap_or_default(),
            address: actor.origin().address,
        })
    }

    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`] (also for somebody without a second
    /// factor of their own), [`ServiceError::ProofTooOld`].
    pub async fn set_security(&self, actor: &Actor, slug: &str, required: bool) -> Result<(), ServiceError> {
        let actor = self.renew(actor).await?.ok_or(ServiceError::NotFound)?;
        let membership = actor.membership(slug)?;
        let no = match self.may_set_security(&actor, membership, required).await {
            Ok(()) => None,
            Err(ServiceError::Forbidden(reason)) => Some((reason.as_str(), refusal(reason))),
            Err(ServiceError::ProofTooOld) => Some(("proof_too_old", ServiceError::ProofTooOld)),
            Err(error) => return Err(error),
        };
        let (outcome, reason) = match &no {
            Some((reason, _)) => (AuditOutcome::Refused, *reason),
            None if required => (AuditOutcome::Done, "second_factor_required"),
            None => (AuditOutcome::Done, "second_factor_not_required"),
        };
        let org = Some(membership.organization.id);
        self.record(&actor, Happening { action: AuditAction::ChangeSecurity, outcome, reason: Some(reason), org })
            .await?;
        match no {
            Some((_, error)) => Err(error),
            None => Ok(self.store.set_requires_second_factor(membership.organization.id, required).await?),
        }
    }

    async fn may_set_security(
        &self,
        actor: &Actor,
        membership: &Membership,
        required: bool,
    ) -> Result<(), ServiceError> {
        refuse_unless(&self.decide(actor, membership, Action::ManageSecurity).await)?;
        self.require_recent_proof(actor)?;
        let has_one = actor.proof().has_second_factor() && self.store.has_second_factor(actor.person().id).await?;
        if required && !has_one {
            return Err(ServiceError::Forbidden(Reason::SecondFactorRequired));
        }
        Ok(())
    }
}

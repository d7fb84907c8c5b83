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

use super::refuse_unless;
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
        let (action, org) = (AuditAction::ChangeSecurity, membership.organization.id);
        let may = self.may_set_security(&actor, membership, required).await;
        self.with_refusal_noted(&actor, (action, org), may).await?;
        let reason = Some(if required { "second_factor_required" } else { "second_factor_not_required" });
        self.record(&actor, Happening { action, outcome: AuditOutcome::Done, reason, org: Some(org) }).await?;
        Ok(self.store.set_requires_second_factor(org, required).await?)
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

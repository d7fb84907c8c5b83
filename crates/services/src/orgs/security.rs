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
        let action = AuditAction::ChangeSecurity;
        let membership = self.admit(&actor, slug, Action::ManageSecurity, action).await?;
        self.prove_for(&actor, membership, action).await?;
        let org = membership.organization.id;
        let ready = self.has_one_to_require(&actor, required).await;
        self.with_refusal_noted(&actor, (action, org), ready).await?;
        let reason = Some(if required { "second_factor_required" } else { "second_factor_not_required" });
        self.record(&actor, Happening { action, outcome: AuditOutcome::Done, reason, org: Some(org) }).await?;
        Ok(self.store.set_requires_second_factor(org, required).await?)
    }

    /// Nobody asks of others what they have not themselves.
    async fn has_one_to_require(&self, actor: &Actor, required: bool) -> Result<(), ServiceError> {
        let has_one = actor.proof().has_second_factor() && self.store.has_second_factor(actor.person().id).await?;
        if required && !has_one {
            return Err(ServiceError::Forbidden(Reason::SecondFactorRequired));
        }
        Ok(())
    }
}

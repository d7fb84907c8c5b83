//! Decide when and from where an organisation may be used.
//!
//! What must hold: nobody shuts themselves out: new rules must admit whoever sets them, now and
//! from where they are. Accepted race: an owner demoted within the milliseconds between the
//! decision and the write still sets them; the trail says who.

use domain::{
    audit::{AuditAction, AuditOutcome},
    orgs::{AccessRules, TypedAccessRules},
};
use policy::Action;

use crate::{Actor, ServiceError, Services, audit::Happening};

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::ProofTooOld`];
    /// [`ServiceError::Invalid`], also for rules that would shut out the one who sets them.
    pub async fn set_access_rules(
        &self,
        actor: &Actor,
        slug: &str,
        typed: &TypedAccessRules<'_>,
    ) -> Result<(), ServiceError> {
        let actor = self.renew(actor).await?.ok_or(ServiceError::NotFound)?;
        let action = AuditAction::ChangeAccessRules;
        let membership = self.admit(&actor, slug, Action::ManageSecurity, action).await?;
        self.prove_for(&actor, membership, action).await?;
        let rules = AccessRules::parse(typed).map_err(ServiceError::Invalid)?;
        let problems = rules.shut_out(self.now(), actor.origin().address);
        if !problems.is_empty() {
            return Err(ServiceError::Invalid(problems));
        }
        let org = membership.organization.id;
        let (outcome, reason) = (AuditOutcome::Done, Some(said_of(&rules)));
        let person = actor.person();
        let happening = Happening { action, outcome, reason, org: Some(org) };
        let entry = self.entry(Some(person.id), &person.email, actor.origin(), happening);
        Ok(self.store.set_access_rules(org, &rules, &entry).await?)
    }
}

const fn said_of(rules: &AccessRules) -> &'static str {
    match (rules.hours.is_some(), rules.addresses.is_some()) {
        (true, true) => "limits_hours_and_addresses",
        (true, false) => "limits_hours",
        (false, true) => "limits_addresses",
        (false, false) => "limits_nothing",
    }
}

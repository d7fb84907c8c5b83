//! Get in although the hour or the address says no: an owner's way out of rules that turned
//! against the organisation.
//!
//! What must hold: it takes a recent proof, lasts [`GLASS_STAYS_BROKEN`], stands in the trail
//! before it opens anything, and every owner is told, the one who did it included.

use domain::{
    Timestamp,
    audit::{AuditAction, AuditOutcome},
    orgs::{GLASS_STAYS_BROKEN, Role},
};
use policy::Action;
use store::Membership;

use super::{refusal, refuse_unless};
use crate::{Actor, ServiceError, Services, audit::Happening, mail::Letter};

impl Services {
    /// Whether `actor` could, for the page that offers it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`].
    pub async fn show_break_glass(&self, actor: &Actor, slug: &str) -> Result<(), ServiceError> {
        self.authorize(actor, slug, Action::BreakGlass).await.map(|_| ())
    }

    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::ProofTooOld`], or the database's.
    pub async fn break_glass(&self, actor: &Actor, slug: &str) -> Result<(), ServiceError> {
        let actor = self.renew(actor).await?.ok_or(ServiceError::NotFound)?;
        let membership = actor.membership(slug)?;
        let may = match refuse_unless(&self.decide(&actor, membership, Action::BreakGlass).await) {
            Ok(()) => self.require_recent_proof(&actor),
            no => no,
        };
        let (outcome, reason, error) = match may {
            Ok(()) => (AuditOutcome::Done, None, None),
            Err(ServiceError::Forbidden(reason)) => {
                (AuditOutcome::Refused, Some(reason.as_str()), Some(refusal(reason)))
            }
            Err(error) => (AuditOutcome::Refused, Some("proof_too_old"), Some(error)),
        };
        let org = membership.organization.id;
        self.record(&actor, Happening { action: AuditAction::BreakGlass, outcome, reason, org: Some(org) }).await?;
        if let Some(error) = error {
            return Err(error);
        }
        let until = self.now() + GLASS_STAYS_BROKEN;
        self.tell_owners(&actor, membership, until).await?;
        Ok(self.store.break_glass(org, actor.person().id, until).await?)
    }

    async fn tell_owners(&self, actor: &Actor, membership: &Membership, until: Timestamp) -> Result<(), ServiceError> {
        let organization = &membership.organization;
        let review = self.link(&format!("/o/{}/settings/audit", organization.slug), None);
        let members = self.store.list_members(organization.id).await?;
        let letters = members.into_iter().filter(|member| member.role == Role::Owner).map(|owner| {
            let letter = Letter::GlassBroken {
                name: owner.person.name,
                who: actor.person().email.clone(),
                organization: organization.name.clone(),
                at: self.now(),
                until,
                address: actor.origin().address.map(|address| address.to_string()),
                review: review.clone(),
            };
            let key = format!("glass:{}:{}:{}", organization.id, until.as_millis(), owner.person.id);
            self.letter_row(&owner.person.email, letter, &key)
        });
        let letters: Vec<_> = letters.collect();
        Ok(self.store.insert_outbox(&letters, self.now()).await?)
    }
}

//! Get in although the hour or the address says no: an owner's way out of rules that turned
//! against the organisation.
//!
//! What must hold: it takes a recent proof and lasts [`GLASS_STAYS_BROKEN`], for as long as they own
//! it; its entry and the letters to every owner, the one who did it included, are written in the
//! transaction that opens it.

use domain::{
    Timestamp,
    audit::{AuditAction, AuditOutcome},
    orgs::{GLASS_STAYS_BROKEN, Role},
};
use policy::Action;
use store::{Membership, NewOutboxRow};

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
        let action = AuditAction::BreakGlass;
        let membership = self.admit(&actor, slug, Action::BreakGlass, action).await?;
        self.prove_for(&actor, membership, action).await?;
        let org = membership.organization.id;
        let (person, until) = (actor.person(), self.now() + GLASS_STAYS_BROKEN);
        let letters = self.letters_to_owners(&actor, membership, until).await?;
        let happening = Happening { action, outcome: AuditOutcome::Done, reason: None, org: Some(org) };
        let entry = self.entry(Some(person.id), &person.email, actor.origin(), happening);
        // Somebody who owned it a moment ago is as good as gone.
        let broken = self.store.break_glass(org, person.id, until, &letters, &entry).await?;
        if broken { Ok(()) } else { Err(ServiceError::NotFound) }
    }

    async fn letters_to_owners(
        &self,
        actor: &Actor,
        membership: &Membership,
        until: Timestamp,
    ) -> Result<Vec<NewOutboxRow>, ServiceError> {
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
        Ok(letters.collect())
    }
}

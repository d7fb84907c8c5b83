//! Take an invitation back, or send it once more with a new link.

use domain::{
    accounts::Email,
    audit::{AuditAction, AuditOutcome},
    orgs::INVITATION_LIFE,
};
use policy::Action;
use secrecy::ExposeSecret;
use store::{Invitation, Membership};
use uuid::Uuid;

use crate::{Actor, ServiceError, Services, audit::Happening, hash_token, new_token};

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], or the database's.
    pub async fn revoke_invitation(&self, actor: &Actor, slug: &str, id: &str) -> Result<(), ServiceError> {
        let attempted = AuditAction::RevokeInvitation;
        let membership = self.admit(actor, slug, Action::ManageMembers, attempted).await?;
        let invitation = self.invitation(membership, id).await?;
        let entry = self.invitation_entry(actor, attempted, &invitation);
        let gone = self.store.delete_invitation(invitation.org, invitation.id, &entry).await?;
        if gone { Ok(()) } else { Err(ServiceError::NotFound) }
    }

    /// The old link is dead from then on.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`] also for a role that isn't theirs to give,
    /// [`ServiceError::Throttled`], or the database's.
    pub async fn resend_invitation(&self, actor: &Actor, slug: &str, id: &str) -> Result<(), ServiceError> {
        let membership = self.admit(actor, slug, Action::ManageMembers, AuditAction::Invite).await?;
        let invitation = self.invitation(membership, id).await?;
        if !self.may_on(actor, membership, Action::GrantRole, invitation.role).await {
            let reason = policy::Reason::AboveOwnRole;
            let mut entry = self.invitation_entry(actor, AuditAction::Invite, &invitation);
            (entry.outcome, entry.reason) = (AuditOutcome::Refused, Some(reason.as_str().to_owned()));
            self.store.insert_audit_entry(&entry).await?;
            return Err(ServiceError::Forbidden(reason));
        }
        let email = Email::parse(&invitation.email).map_err(|_| ServiceError::Unreadable("invitations.email"))?;
        self.count_invitation(membership, &email).await?;
        let token = new_token(self.entropy());
        let renewed = (&*hash_token(token.expose_secret()), actor.person().id, self.now() + INVITATION_LIFE);
        let mail = self.invitation_mail(actor, membership, (&invitation.email, invitation.role), &token);
        let entry = self.invitation_entry(actor, AuditAction::Invite, &invitation);
        let sent = self.store.renew_invitation(invitation.org, invitation.id, renewed, mail, &entry).await?;
        if sent { Ok(()) } else { Err(ServiceError::NotFound) }
    }

    async fn invitation(&self, membership: &Membership, id: &str) -> Result<Invitation, ServiceError> {
        let id: Uuid = id.parse().map_err(|_| ServiceError::NotFound)?;
        self.store.find_invitation(membership.organization.id, id).await?.ok_or(ServiceError::NotFound)
    }

    fn invitation_entry(&self, actor: &Actor, action: AuditAction, invitation: &Invitation) -> store::AuditEntry {
        let (person, org) = (actor.person(), Some(invitation.org));
        let happening = Happening { action, outcome: AuditOutcome::Done, reason: None, org };
        self.entry(Some(person.id), &person.email, actor.origin(), happening).about(&invitation.email)
    }

    /// Removes those that have run out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_invitations(&self) -> Result<u64, ServiceError> {
        Ok(self.store.delete_dead_invitations(self.now()).await?)
    }
}

//! Invite somebody into an organisation (checks T07, T08, R01).
//!
//! What must hold: whoever invites gives no role above their own, at this moment and again when
//! it is accepted; the answer is the same whether or not the address has an account; nobody is
//! flooded with mail.

use domain::{
    accounts::Email,
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
    orgs::{INVITATION_LIFE, INVITATIONS_PER_ORGANIZATION, MOST_OPEN_INVITATIONS, Role},
};
use policy::{Action, Circumstances, Resource, Subject};
use secrecy::{ExposeSecret, SecretString};
use store::{Invited, Membership, NewInvitation, NewOutboxRow};

use super::refusal;
use crate::{
    Actor, ServiceError, Services,
    accounts::{email_problem, repeatable},
    audit::Happening,
    hash_token,
    mail::Letter,
    new_token,
};

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::Invalid`],
    /// [`ServiceError::Throttled`], [`ServiceError::ProofTooOld`] for an owner to be.
    pub async fn invite(&self, actor: &Actor, slug: &str, email: &str, role: &str) -> Result<(), ServiceError> {
        let membership = self.admit(actor, slug, Action::ManageMembers, AuditAction::Invite).await?;
        let (email, role) = parse(email, role)?;
        if role == Role::Owner {
            self.prove_for(actor, membership, AuditAction::Invite).await?;
        }
        let given = self.circumstances(actor, membership, Action::GrantRole).await;
        let (org, by) = (membership.organization.id, actor.person().id);
        self.count_invitation(membership, &email).await?;
        let token = new_token(self.entropy());
        let token_hash = hash_token(token.expose_secret());
        let invitation = NewInvitation {
            id: self.entropy().uuid(),
            org,
            email: &email,
            role,
            token_hash: &token_hash,
            invited_by: by,
            expires_at: self.now() + INVITATION_LIFE,
            most_open: MOST_OPEN_INVITATIONS,
        };
        let mail = self.invitation_mail(actor, membership, (email.as_str(), role), &token);
        let happening = |outcome, reason| Happening { action: AuditAction::Invite, outcome, reason, org: Some(org) };
        let entry =
            |happening| self.entry(Some(by), &actor.person().email, actor.origin(), happening).about(email.as_str());
        let done = entry(happening(AuditOutcome::Done, Some(role.as_str())));
        let may = |own: Option<Role>| {
            self.policy.decide(
                Subject { user: by, membership: own.map(|own| (org, own)) },
                Action::GrantRole,
                Resource::Membership { org, role },
                given,
            )
        };
        let mut reason = None;
        let invited = self
            .store
            .insert_invitation(&invitation, mail, &done, |own| {
                reason = may(own).first_reason();
                reason.is_none()
            })
            .await?;
        match invited {
            Invited::Done => Ok(()),
            Invited::AlreadyInvited => Err(ServiceError::Invalid(vec![(Field::Email, Problem::Used)])),
            Invited::AlreadyMember => Err(ServiceError::Invalid(vec![(Field::Email, Problem::AlreadyThere)])),
            Invited::TooMany => Err(ServiceError::Invalid(vec![(Field::Email, Problem::TooMany)])),
            Invited::NotAllowed => {
                let reason = reason.unwrap_or(policy::Reason::Undecidable);
                let refused = entry(happening(AuditOutcome::Refused, Some(reason.as_str())));
                self.store.insert_audit_entry(&refused).await?;
                Err(refusal(reason))
            }
        }
    }

    /// Counts the mail: of this organisation, and to this mailbox.
    pub(super) async fn count_invitation(&self, membership: &Membership, email: &Email) -> Result<(), ServiceError> {
        let org = membership.organization.id;
        self.count_within(&format!("invitations:{org}"), INVITATIONS_PER_ORGANIZATION).await?;
        self.count_mail_to("invitation", email).await
    }

    pub(super) fn invitation_mail(
        &self,
        actor: &Actor,
        membership: &Membership,
        (email, role): (&str, Role),
        token: &SecretString,
    ) -> NewOutboxRow {
        let letter = Letter::Invitation {
            inviter: repeatable(&actor.person().name, "Somebody"),
            organization: repeatable(&membership.organization.name, "an organization"),
            role: role.as_str().to_owned(),
            link: self.link(&format!("/invitations/{}", token.expose_secret()), None),
        };
        self.letter_row(email, letter, &format!("invitation:{}", hash_token(token.expose_secret())))
    }

    /// Whether somebody with this role there may give that one, with nothing else in the way: what
    /// is asked of whoever invited, when it is accepted.
    pub(super) fn could_grant(&self, org: domain::OrgId, inviter: Option<Role>, role: Role) -> bool {
        // Who they are plays no part in the rules about roles.
        let subject =
            Subject { user: domain::UserId::from_uuid(uuid::Uuid::nil()), membership: inviter.map(|own| (org, own)) };
        let of = Resource::Membership { org, role };
        self.policy.decide(subject, Action::GrantRole, of, Circumstances::UNHINDERED).allowed
    }
}

fn parse(email: &str, role: &str) -> Result<(Email, Role), ServiceError> {
    let mut problems = Vec::new();
    let email = Email::parse(email).map_err(|problem| problems.push((Field::Email, email_problem(problem))));
    let role = role.parse().map_err(|_| problems.push((Field::Role, Problem::Malformed)));
    match (email, role) {
        (Ok(email), Ok(role)) => Ok((email, role)),
        _ => Err(ServiceError::Invalid(problems)),
    }
}

//! Change what somebody is in an organisation: what changing a role, removing, leaving and
//! handing over have in common.
//!
//! What must hold (checks T05, T06): nobody gives, takes or touches a role above their own, and
//! somebody who can act owns the organisation afterwards. Both are decided inside the
//! transaction that writes, on the roles of that moment, under the organisation's lock: a role
//! taken away meanwhile acts no more.

use domain::{
    UserId,
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
    orgs::Role,
};
use policy::{Action, Circumstances, Reason, Resource, Subject};
use store::{Between, Member, MemberChange, MemberChanged, Membership, NewOutboxRow};

use super::refusal;
use crate::{Actor, ServiceError, Services, audit::Happening, mail::Letter};

/// What is asked for, and of whom.
pub(super) struct Wanted<'a> {
    pub(super) attempted: AuditAction,
    pub(super) member: &'a Member,
    pub(super) change: MemberChange,
    pub(super) letter: Option<NewOutboxRow>,
}

impl Services {
    /// The member of that id. One of another organisation and one who never was are the same.
    pub(super) async fn member(&self, membership: &Membership, user: &str) -> Result<Member, ServiceError> {
        let user = user.parse().map(UserId::from_uuid).map_err(|_| ServiceError::NotFound)?;
        self.store.find_member(membership.organization.id, user).await?.ok_or(ServiceError::NotFound)
    }

    /// Passes somebody whose proof is recent: an owner is made or unmade.
    pub(crate) async fn prove_for(
        &self,
        actor: &Actor,
        membership: &Membership,
        attempted: AuditAction,
    ) -> Result<(), ServiceError> {
        let proof = self.require_recent_proof(actor);
        self.with_refusal_noted(actor, (attempted, membership.organization.id), proof).await
    }

    /// What the member is told of another role.
    pub(super) fn role_letter(&self, membership: &Membership, member: &Member, role: Role) -> NewOutboxRow {
        let organization = &membership.organization;
        let letter = Letter::RoleChanged {
            name: member.person.name.clone(),
            organization: organization.name.clone(),
            role: role.as_str().to_owned(),
            link: self.link(&format!("/o/{}", organization.slug), None),
        };
        let key = format!("role:{}:{}:{}", organization.id, member.person.id, self.entropy().uuid());
        self.letter_row(&member.person.email, letter, &key)
    }

    /// Carries it out, or says why not; either is in the trail.
    pub(super) async fn change_member(
        &self,
        actor: &Actor,
        membership: &Membership,
        wanted: Wanted<'_>,
    ) -> Result<(), ServiceError> {
        let Wanted { attempted, member, change, letter } = wanted;
        let org = membership.organization.id;
        let user = member.person.id;
        let given = self.circumstances(actor, membership, Action::ChangeMember).await;
        let happening = |outcome, reason| Happening { action: attempted, outcome, reason, org: Some(org) };
        let person = actor.person();
        let entry = |happening| {
            self.entry(Some(person.id), &person.email, actor.origin(), happening).about(&member.person.email)
        };
        let said = match change {
            MemberChange::SetRole(role) => Some(role.as_str()),
            MemberChange::Remove | MemberChange::TakeOver => None,
        };
        let between = Between { org, by: person.id, user };
        let changed = self
            .store
            .change_member(
                between,
                change,
                letter.as_slice(),
                &entry(happening(AuditOutcome::Done, said)),
                |own, theirs| self.may_change(between, own, theirs, change, given),
            )
            .await?;
        let (reason, error) = match changed {
            MemberChanged::Done => return Ok(()),
            // Meanwhile: as if they had not been there.
            MemberChanged::Gone => return Err(ServiceError::NotFound),
            MemberChanged::LastOwner => {
                ("last_owner", ServiceError::Invalid(vec![(Field::Member, Problem::LastOwner)]))
            }
            MemberChanged::Refused(reason) => (reason.as_str(), refusal(reason)),
        };
        self.store.insert_audit_entry(&entry(happening(AuditOutcome::Refused, Some(reason)))).await?;
        Err(error)
    }

    /// Every question that a change asks of the policy.
    fn may_change(
        &self,
        Between { org, by, user }: Between,
        own: Option<Role>,
        theirs: Role,
        change: MemberChange,
        given: Circumstances,
    ) -> Result<(), Reason> {
        let subject = Subject { user: by, membership: own.map(|role| (org, role)) };
        let of = |role| Resource::Membership { org, role };
        let whole = Resource::Organization(org);
        let questions: &[(Action, Resource)] = match change {
            MemberChange::SetRole(role) => &[(Action::ChangeMember, of(theirs)), (Action::GrantRole, of(role))],
            MemberChange::Remove if user == by => &[(Action::LeaveOrganization, whole)],
            MemberChange::Remove => &[(Action::RemoveMember, of(theirs))],
            MemberChange::TakeOver => &[(Action::TransferOwnership, whole)],
        };
        questions.iter().try_for_each(|(action, resource)| {
            let decision = self.policy.decide(subject, *action, *resource, given);
            decision.first_reason().map_or(Ok(()), Err)
        })
    }
}

//! The one decision.

use cedar_policy::{Context, Entities, PolicyId, Request, Response, RestrictedExpression};
use domain::{OrgId, UserId, orgs::Role};

use crate::{Action, Circumstances, Policy, Reason, Resource, answers::Question, entities};

/// Who asks: a person and, if there is one, the membership they act by.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    pub user: UserId,
    pub membership: Option<(OrgId, Role)>,
}

/// The answer. `reasons` is empty exactly when it is yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub allowed: bool,
    pub reasons: Vec<Reason>,
}

impl Decision {
    /// The most fundamental reason of a no.
    pub fn first_reason(&self) -> Option<Reason> {
        self.reasons.first().copied()
    }
}

impl Policy {
    /// May `subject` do `action` to `resource` under these circumstances? An action on a kind of
    /// thing that it is not for is refused as undecidable.
    pub fn decide(
        &self,
        subject: Subject,
        action: Action,
        resource: impl Into<Resource>,
        given: Circumstances,
    ) -> Decision {
        let resource = resource.into();
        let question = Question::new(subject, action, resource, given);
        self.answers.get_or(question, || self.ask(subject, action, resource, given))
    }

    /// Asks Cedar.
    fn ask(&self, subject: Subject, action: Action, resource: Resource, given: Circumstances) -> Decision {
        let undecidable = || Decision { allowed: false, reasons: vec![Reason::Undecidable] };
        let Some(response) = self.evaluate(subject, action, resource, given) else { return undecidable() };
        if response.diagnostics().errors().next().is_some() {
            return undecidable();
        }
        if response.decision() == cedar_policy::Decision::Allow {
            return Decision { allowed: true, reasons: Vec::new() };
        }
        Decision { allowed: false, reasons: self.reasons(response.diagnostics().reason(), subject, action, resource) }
    }

    /// None where Cedar refuses the question itself: never a yes.
    fn evaluate(&self, subject: Subject, action: Action, resource: Resource, given: Circumstances) -> Option<Response> {
        let principal = match subject.membership {
            Some((of, _)) => entities::member_uid(subject.user, of),
            None => entities::guest_uid(subject.user),
        };
        let context = given.context().map(|(name, is)| (name.to_owned(), RestrictedExpression::new_bool(is)));
        let request = Request::new(
            principal,
            entities::action(action.as_str()),
            entities::uid_of(resource),
            Context::from_pairs(context).ok()?,
            Some(&self.schema),
        )
        .ok()?;
        let member = subject.membership.map(|(of, role)| entities::member(subject.user, of, role));
        let organization = entities::organization(resource.org(), given.has_customer);
        let known = self.roles.iter().cloned().chain(member).chain([organization]).chain(entities::entity_of(resource));
        let known = Entities::from_entities(known, None).ok()?;
        Some(self.authorizer.is_authorized(&request, &self.policies, &known))
    }

    /// Every limit that applies, and whether the role would have been enough.
    fn reasons<'a>(
        &self,
        forbids: impl Iterator<Item = &'a PolicyId>,
        subject: Subject,
        action: Action,
        resource: Resource,
    ) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = forbids
            .map(|id| self.policies.annotation(id, "reason").map_or(Reason::Undecidable, Reason::of_annotation))
            .collect();
        // Cedar names the forbids only; whether a permit would have applied is asked apart.
        if !reasons.contains(&Reason::NotAMember) {
            reasons.extend(self.missing_permit(subject, action, resource));
        }
        reasons.sort_unstable();
        reasons.dedup();
        reasons
    }

    /// Why no permit applies, if none does: the same question with everything but the role in order.
    fn missing_permit(&self, subject: Subject, action: Action, resource: Resource) -> Option<Reason> {
        let permits = |resource| {
            self.evaluate(subject, action, resource, Circumstances::UNHINDERED)
                .is_some_and(|response| response.decision() == cedar_policy::Decision::Allow)
        };
        if permits(resource) {
            return None;
        }
        let (org, _) = subject.membership?;
        if !permits(resource.nearest(org, subject.user)) {
            return Some(Reason::RoleMissing);
        }
        match resource {
            Resource::Membership { .. } => Some(Reason::AboveOwnRole),
            Resource::Post { .. } => Some(Reason::NotTheAuthor),
            Resource::Organization(_) => Some(Reason::RoleMissing),
        }
    }
}

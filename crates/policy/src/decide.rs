//! The one decision.

use cedar_policy::{Context, Entities, PolicyId, Request, RestrictedExpression};
use domain::{OrgId, UserId, orgs::Role};

use crate::{Policy, answers::Question, entities};

/// Everything that can be asked for. A variant without a permit is refused to everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    ReadOrganization,
    ReadMembers,
    ReadBilling,
    ReadAudit,
    /// Decide what it asks of its members' sign-in.
    ManageSecurity,
    /// Make the organisation's customer at the payment provider (P-05).
    SetUpBilling,
    /// P-02.
    OpenBillingPortal,
}

impl Action {
    pub const ALL: [Self; 7] = [
        Self::ReadOrganization,
        Self::ReadMembers,
        Self::ReadBilling,
        Self::ReadAudit,
        Self::ManageSecurity,
        Self::SetUpBilling,
        Self::OpenBillingPortal,
    ];

    const fn cedar_name(self) -> &'static str {
        match self {
            Self::ReadOrganization => "read_organization",
            Self::ReadMembers => "read_members",
            Self::ReadBilling => "read_billing",
            Self::ReadAudit => "read_audit",
            Self::ManageSecurity => "manage_security",
            Self::SetUpBilling => "set_up_billing",
            Self::OpenBillingPortal => "open_billing_portal",
        }
    }
}

/// Who asks: a person and, if there is one, the membership they act by.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    pub user: UserId,
    pub membership: Option<(OrgId, Role)>,
}

/// What the rules need to know besides who and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Circumstances {
    /// The organisation has a customer at the payment provider.
    pub has_customer: bool,
    /// The flag `billing_portal` is on for it.
    pub billing_portal_flag: bool,
    /// It asks for no second factor, or this session showed one.
    pub second_factor_satisfied: bool,
}

impl Circumstances {
    /// Every one there can be.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..8).map(|bits| Self {
            has_customer: bits & 1 != 0,
            billing_portal_flag: bits & 2 != 0,
            second_factor_satisfied: bits & 4 != 0,
        })
    }
}

/// Why not, most fundamental first: a stranger learns nothing about flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    NotAMember,
    /// The whole organisation is closed to this session.
    SecondFactorRequired,
    FlagOff,
    RoleMissing,
    NoCustomer,
    /// The policies could not be evaluated: no is the answer then.
    Undecidable,
}

impl Reason {
    /// As the audit trail stores it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAMember => "not_a_member",
            Self::SecondFactorRequired => "second_factor_required",
            Self::FlagOff => "flag_off",
            Self::RoleMissing => "role_missing",
            Self::NoCustomer => "no_customer",
            Self::Undecidable => "undecidable",
        }
    }

    fn of_annotation(text: &str) -> Self {
        match text {
            "not_a_member" => Self::NotAMember,
            "second_factor_required" => Self::SecondFactorRequired,
            "flag_off" => Self::FlagOff,
            "no_customer" => Self::NoCustomer,
            _ => Self::Undecidable,
        }
    }
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

fn context(billing_portal_flag: bool, second_factor_satisfied: bool) -> Option<Context> {
    let known = [("billing_portal_flag", billing_portal_flag), ("second_factor_satisfied", second_factor_satisfied)];
    Context::from_pairs(known.map(|(name, is)| (name.to_owned(), RestrictedExpression::new_bool(is)))).ok()
}

impl Policy {
    /// May `subject` do `action` to `org` under these circumstances?
    pub fn decide(&self, subject: Subject, action: Action, org: OrgId, given: Circumstances) -> Decision {
        let known = self.answers.get(&Question::new(subject, action, org, given));
        known.cloned().unwrap_or_else(|| self.ask(subject, action, org, given))
    }

    /// Asks Cedar.
    pub(crate) fn ask(&self, subject: Subject, action: Action, org: OrgId, given: Circumstances) -> Decision {
        self.evaluate(subject, action, org, given)
            .unwrap_or_else(|| Decision { allowed: false, reasons: vec![Reason::Undecidable] })
    }

    /// None where Cedar refuses the question itself: never a yes.
    fn evaluate(&self, subject: Subject, action: Action, org: OrgId, given: Circumstances) -> Option<Decision> {
        let principal = match subject.membership {
            Some((of, _)) => entities::member_uid(subject.user, of),
            None => entities::guest_uid(subject.user),
        };
        let context = context(given.billing_portal_flag, given.second_factor_satisfied)?;
        let request = Request::new(
            principal,
            entities::action(action.cedar_name()),
            entities::organization_uid(org),
            context,
            None,
        )
        .ok()?;
        let member = subject.membership.map(|(of, role)| entities::member(subject.user, of, role));
        let known = self.roles.iter().cloned().chain(member).chain([entities::organization(org, given.has_customer)]);
        let response =
            self.authorizer.is_authorized(&request, &self.policies, &Entities::from_entities(known, None).ok()?);
        if response.diagnostics().errors().next().is_some() {
            return None;
        }
        if response.decision() == cedar_policy::Decision::Allow {
            return Some(Decision { allowed: true, reasons: Vec::new() });
        }
        Some(Decision { allowed: false, reasons: self.reasons(response.diagnostics().reason(), subject, action) })
    }

    /// Every limit that applies, and whether the role would have been enough.
    fn reasons<'a>(
        &self,
        forbids: impl Iterator<Item = &'a PolicyId>,
        subject: Subject,
        action: Action,
    ) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = forbids
            .map(|id| self.policies.annotation(id, "reason").map_or(Reason::Undecidable, Reason::of_annotation))
            .collect();
        // Cedar names the forbids only; whether a permit would have applied is asked apart.
        if !reasons.contains(&Reason::NotAMember) && !self.role_permits(subject, action) {
            reasons.push(Reason::RoleMissing);
        }
        reasons.sort_unstable();
        reasons.dedup();
        reasons
    }

    /// The same question with everything but the role in order.
    fn role_permits(&self, subject: Subject, action: Action) -> bool {
        let Some((org, role)) = subject.membership else { return false };
        let Some(context) = context(true, true) else { return false };
        let principal = entities::member_uid(subject.user, org);
        let resource = entities::organization_uid(org);
        let Ok(request) = Request::new(principal, entities::action(action.cedar_name()), resource, context, None)
        else {
            return false;
        };
        let known = self
            .roles
            .iter()
            .cloned()
            .chain([entities::member(subject.user, org, role), entities::organization(org, true)]);
        Entities::from_entities(known, None).is_ok_and(|known| {
            self.authorizer.is_authorized(&request, &self.policies, &known).decision() == cedar_policy::Decision::Allow
        })
    }
}

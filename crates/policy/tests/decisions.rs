//! Every answer beside the rules written again as a table would be read, without Cedar (P-02,
//! checks T01, T06).

use domain::{OrgId, UserId, orgs::Role};
use policy::{Action, Circumstances, Decision, Policy, Reason, Resource, Subject};
use uuid::Uuid;

const ACME: OrgId = OrgId::from_uuid(Uuid::from_u128(1));
const GLOBEX: OrgId = OrgId::from_uuid(Uuid::from_u128(2));
const USER: UserId = UserId::from_uuid(Uuid::from_u128(3));
const OTHER: UserId = UserId::from_uuid(Uuid::from_u128(4));

/// Every membership there can be: none, each role here, each role elsewhere.
fn memberships() -> Vec<Option<(OrgId, Role)>> {
    let of = |org| Role::ALL.into_iter().map(move |role| Some((org, role)));
    std::iter::once(None).chain(of(ACME)).chain(of(GLOBEX)).collect()
}

/// Everything of acme that `action` can be asked of.
fn resources(action: Action) -> Vec<Resource> {
    match action {
        Action::GrantRole | Action::ChangeMember | Action::RemoveMember => {
            Role::ALL.map(|role| Resource::Membership { org: ACME, role }).to_vec()
        }
        Action::UpdatePost | Action::DeletePost => {
            [USER, OTHER].map(|author| Resource::Post { org: ACME, author }).to_vec()
        }
        _ => vec![ACME.into()],
    }
}

const fn least_role(action: Action) -> Role {
    match action {
        Action::ReadOrganization
        | Action::ReadMembers
        | Action::ReadBilling
        | Action::ReadProjects
        | Action::ReadPosts
        | Action::LeaveOrganization => Role::Viewer,
        Action::CreateProject
        | Action::UpdateProject
        | Action::CreatePost
        | Action::UpdatePost
        | Action::DeletePost => Role::Editor,
        Action::ReadAudit
        | Action::UpdateOrganization
        | Action::ManageMembers
        | Action::DeleteProject
        | Action::GrantRole
        | Action::ChangeMember
        | Action::RemoveMember => Role::Admin,
        Action::ManageSecurity
        | Action::ConfigureAudit
        | Action::BreakGlass
        | Action::SetUpBilling
        | Action::OpenBillingPortal
        | Action::ManageBilling
        | Action::TransferOwnership
        | Action::DeleteOrganization
        | Action::RestoreOrganization
        | Action::ExportOrganization => Role::Owner,
    }
}

/// What stands in everybody's way.
fn hindrances(action: Action, is_owner: bool, given: Circumstances) -> Vec<Reason> {
    let billing = matches!(action, Action::SetUpBilling | Action::OpenBillingPortal);
    let while_closing = matches!(
        action,
        Action::RestoreOrganization | Action::ExportOrganization | Action::LeaveOrganization | Action::BreakGlass
    );
    let for_support = matches!(
        action,
        Action::ReadOrganization
            | Action::ReadMembers
            | Action::ReadAudit
            | Action::ReadProjects
            | Action::ReadPosts
            | Action::CreateProject
            | Action::UpdateProject
            | Action::CreatePost
            | Action::UpdatePost
    );
    // Who broke it and owns no longer has no more use of it.
    let let_in = given.glass_broken && is_owner || action == Action::BreakGlass;
    [
        (given.impersonated && !for_support, Reason::Impersonated),
        (given.closing && !while_closing, Reason::Closing),
        (!given.second_factor_satisfied, Reason::SecondFactorRequired),
        (!given.address_allowed && !let_in, Reason::AddressNotAllowed),
        (!given.within_hours && !let_in, Reason::OutsideHours),
        (billing && !given.billing_portal_flag, Reason::FlagOff),
        (action == Action::OpenBillingPortal && !given.has_customer, Reason::NoCustomer),
    ]
    .into_iter()
    .filter_map(|(stands, reason)| stands.then_some(reason))
    .collect()
}

fn expected(action: Action, membership: Option<(OrgId, Role)>, of: Resource, given: Circumstances) -> Decision {
    let is_owner = membership.is_some_and(|(_, role)| role == Role::Owner);
    let mut reasons = hindrances(action, is_owner, given);
    match membership {
        Some((ACME, role)) if role < least_role(action) => reasons.push(Reason::RoleMissing),
        Some((ACME, role)) => match of {
            Resource::Membership { role: theirs, .. } if theirs > role => reasons.push(Reason::AboveOwnRole),
            Resource::Post { author, .. } if author != USER && role < Role::Admin => {
                reasons.push(Reason::NotTheAuthor);
            }
            _ => {}
        },
        _ => reasons.push(Reason::NotAMember),
    }
    reasons.sort_unstable();
    Decision { allowed: reasons.is_empty(), reasons }
}

#[test]
fn p02_t01_every_action_standing_thing_and_circumstance() {
    let policy = Policy::load().unwrap();
    let mut cells = 0;
    for action in Action::ALL {
        for membership in memberships() {
            for of in resources(action) {
                for given in Circumstances::all() {
                    let got = policy.decide(Subject { user: USER, membership }, action, of, given);
                    assert_eq!(
                        got,
                        expected(action, membership, of, given),
                        "{action:?} {membership:?} {of:?} {given:?}"
                    );
                    assert_eq!(got.allowed, got.reasons.is_empty());
                    cells += 1;
                }
            }
        }
    }
    assert_eq!(cells, (23 + 3 * 4 + 2 * 2) * 9 * 256);
}

/// Answers are kept as if given to somebody about some organisation: they must hold for anybody.
#[test]
fn p02_ids_play_no_part() {
    let policy = Policy::load().unwrap();
    for n in 10..60u128 {
        let (org, user) = (OrgId::from_uuid(Uuid::from_u128(n)), UserId::from_uuid(Uuid::from_u128(1000 + n)));
        for (of, mine) in [(org, ACME), (GLOBEX, GLOBEX)] {
            for role in Role::ALL {
                for action in [Action::ReadOrganization, Action::OpenBillingPortal] {
                    let given = Circumstances::UNHINDERED;
                    let got = policy.decide(Subject { user, membership: Some((of, role)) }, action, org, given);
                    assert_eq!(got, expected(action, Some((mine, role)), ACME.into(), given));
                }
                for (author, as_if) in [(user, USER), (OTHER, OTHER)] {
                    let (theirs, same) = (Resource::Post { org, author }, Resource::Post { org: ACME, author: as_if });
                    let given = Circumstances::UNHINDERED;
                    let subject = Subject { user, membership: Some((of, role)) };
                    let got = policy.decide(subject, Action::UpdatePost, theirs, given);
                    assert_eq!(got, expected(Action::UpdatePost, Some((mine, role)), same, given));
                }
            }
        }
    }
}

#[test]
fn p02_one_way_opens_the_portal() {
    let policy = Policy::load().unwrap();
    let opens = |membership, given| {
        policy.decide(Subject { user: USER, membership }, Action::OpenBillingPortal, ACME, given).allowed
    };
    for membership in memberships() {
        for given in Circumstances::all() {
            let in_order = given.has_customer
                && given.billing_portal_flag
                && given.second_factor_satisfied
                && !given.closing
                && !given.impersonated
                && (given.glass_broken || given.within_hours && given.address_allowed);
            assert_eq!(opens(membership, given), in_order && membership == Some((ACME, Role::Owner)));
        }
    }
}

/// T06, 4 × 4: who may give whom which role, as the two questions that are asked of a change.
#[test]
fn t06_nobody_gives_a_role_above_their_own() {
    let policy = Policy::load().unwrap();
    for own in Role::ALL {
        let subject = Subject { user: USER, membership: Some((ACME, own)) };
        for role in Role::ALL {
            for action in [Action::GrantRole, Action::ChangeMember, Action::RemoveMember] {
                let of = Resource::Membership { org: ACME, role };
                let allowed = policy.decide(subject, action, of, Circumstances::UNHINDERED).allowed;
                assert_eq!(allowed, own >= Role::Admin && role <= own, "{own:?} {action:?} {role:?}");
            }
        }
    }
}

/// An action asked of a kind of thing that it is not for is a no, never a yes.
#[test]
fn t01_a_question_that_makes_no_sense_is_a_no() {
    let policy = Policy::load().unwrap();
    let subject = Subject { user: USER, membership: Some((ACME, Role::Owner)) };
    let things = [Resource::Membership { org: ACME, role: Role::Viewer }, Resource::Post { org: ACME, author: USER }];
    for action in Action::ALL {
        let fitting = resources(action);
        let kind = std::mem::discriminant(&fitting[0]);
        for of in things.into_iter().chain([ACME.into()]).filter(|of| std::mem::discriminant(of) != kind) {
            let got = policy.decide(subject, action, of, Circumstances::UNHINDERED);
            assert_eq!(got, Decision { allowed: false, reasons: vec![Reason::Undecidable] }, "{action:?} {of:?}");
        }
    }
}

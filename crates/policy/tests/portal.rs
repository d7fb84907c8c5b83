//! P-02: the decision over roles × membership × flag × customer, exhaustive, with reasons.

use domain::{OrgId, UserId, orgs::Role};
use policy::{Action, Circumstances, Decision, Policy, Reason, Subject};
use uuid::Uuid;

const ACME: OrgId = OrgId::from_uuid(Uuid::from_u128(1));
const GLOBEX: OrgId = OrgId::from_uuid(Uuid::from_u128(2));
const USER: UserId = UserId::from_uuid(Uuid::from_u128(3));

/// Every membership there can be: none, each role here, each role elsewhere.
fn memberships() -> Vec<Option<(OrgId, Role)>> {
    let of = |org| Role::ALL.into_iter().map(move |role| Some((org, role)));
    std::iter::once(None).chain(of(ACME)).chain(of(GLOBEX)).collect()
}

fn every_circumstance() -> impl Iterator<Item = Circumstances> {
    let both = [false, true];
    both.into_iter().flat_map(move |has_customer| {
        both.into_iter().flat_map(move |billing_portal_flag| {
            both.into_iter().map(move |second_factor_satisfied| Circumstances {
                has_customer,
                billing_portal_flag,
                second_factor_satisfied,
            })
        })
    })
}

/// The rule again, written as a table would be read, without Cedar.
fn expected(action: Action, membership: Option<(OrgId, Role)>, given: Circumstances) -> Decision {
    let Some((ACME, role)) = membership else {
        let mut reasons = vec![Reason::NotAMember];
        if !given.second_factor_satisfied {
            reasons.push(Reason::SecondFactorRequired);
        }
        if matches!(action, Action::SetUpBilling | Action::OpenBillingPortal) && !given.billing_portal_flag {
            reasons.push(Reason::FlagOff);
        }
        if action == Action::OpenBillingPortal && !given.has_customer {
            reasons.push(Reason::NoCustomer);
        }
        return Decision { allowed: false, reasons };
    };
    let (needed, flagged, needs_customer) = match action {
        Action::ReadOrganization | Action::ReadMembers | Action::ReadBilling => (Role::Viewer, false, false),
        Action::ReadAudit => (Role::Admin, false, false),
        Action::ManageSecurity => (Role::Owner, false, false),
        Action::SetUpBilling => (Role::Owner, true, false),
        Action::OpenBillingPortal => (Role::Owner, true, true),
    };
    let mut reasons = Vec::new();
    if !given.second_factor_satisfied {
        reasons.push(Reason::SecondFactorRequired);
    }
    if flagged && !given.billing_portal_flag {
        reasons.push(Reason::FlagOff);
    }
    if role < needed {
        reasons.push(Reason::RoleMissing);
    }
    if needs_customer && !given.has_customer {
        reasons.push(Reason::NoCustomer);
    }
    Decision { allowed: reasons.is_empty(), reasons }
}

#[test]
fn p02_every_role_membership_flag_and_customer() {
    let policy = Policy::load().unwrap();
    let mut cells = 0;
    for action in Action::ALL {
        for membership in memberships() {
            for given in every_circumstance() {
                let got = policy.decide(Subject { user: USER, membership }, action, ACME, given);
                assert_eq!(got, expected(action, membership, given), "{action:?} {membership:?} {given:?}");
                assert_eq!(got.allowed, got.reasons.is_empty());
                cells += 1;
            }
        }
    }
    assert_eq!(cells, 7 * 9 * 8);
}

/// The answers are worked out once, as somebody about some organisation: they must hold for anybody.
#[test]
fn p02_ids_play_no_part() {
    let policy = Policy::load().unwrap();
    for n in 10..60u128 {
        let (org, user) = (OrgId::from_uuid(Uuid::from_u128(n)), UserId::from_uuid(Uuid::from_u128(1000 + n)));
        for (of, mine) in [(org, ACME), (GLOBEX, GLOBEX)] {
            for role in Role::ALL {
                for action in Action::ALL {
                    for given in every_circumstance() {
                        let got = policy.decide(Subject { user, membership: Some((of, role)) }, action, org, given);
                        assert_eq!(got, expected(action, Some((mine, role)), given));
                    }
                }
            }
        }
    }
}

#[test]
fn p02_one_cell_opens_the_portal() {
    let policy = Policy::load().unwrap();
    let open: Vec<_> = memberships()
        .into_iter()
        .flat_map(|membership| every_circumstance().map(move |given| (membership, given)))
        .filter(|(membership, given)| {
            policy
                .decide(Subject { user: USER, membership: *membership }, Action::OpenBillingPortal, ACME, *given)
                .allowed
        })
        .collect();
    let given = Circumstances { has_customer: true, billing_portal_flag: true, second_factor_satisfied: true };
    assert_eq!(open, [(Some((ACME, Role::Owner)), given)]);
}

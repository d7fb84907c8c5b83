//! `docs/authorization.md`, from the list of doors and the policies.

use std::fmt::Write;

use domain::{OrgId, UserId, orgs::Role};
use policy::{Action, Circumstances, Policy, Reason, Resource, Subject};
use server::doors::{DOORS, Kind, Needs};
use uuid::Uuid;

const ORG: OrgId = OrgId::from_uuid(Uuid::from_u128(1));
const SELF: UserId = UserId::from_uuid(Uuid::from_u128(2));
const OTHER: UserId = UserId::from_uuid(Uuid::from_u128(3));

pub fn write(policy: &Policy) -> String {
    let mut text = String::from(
        "# Who may do what\n\nMade of `server/src/doors.rs` and the policies in `crates/policy/policies/` by the test \
         `t01_the_page_about_it_is_current`,\nwhich fails when this page has drifted. Every row is asked from outside, as everybody, by `server/tests/it/matrix.rs`.\n\n\
         ## Roles\n\nWith nothing else in the way. In another organisation every answer is no, and looks like an address that does not exist.\n\n\
         | action | Owner | Admin | Editor | Viewer |\n|---|---|---|---|---|\n",
    );
    for action in Action::ALL {
        for (label, resource) in resources(action) {
            let _ = write!(text, "| `{}`{label} ", action.as_str());
            for role in Role::ALL {
                let subject = Subject { user: SELF, membership: Some((ORG, role)) };
                let decision = policy.decide(subject, action, resource, Circumstances::UNHINDERED);
                let _ = write!(text, "| {} ", if decision.allowed { "yes" } else { "–" });
            }
            text.push_str("|\n");
        }
    }
    text.push_str("\n## What stands in the way of everybody\n\n| circumstance | reason | still possible for an Owner |\n|---|---|---|\n");
    for (label, given) in circumstances() {
        let _ = writeln!(text, "| {label} | {} | {} |", reason(policy, given), still(policy, given));
    }
    text.push_str("\n## Every way in\n\n| | needs | who |\n|---|---|---|\n");
    for kind in [Kind::Page, Kind::Action, Kind::Endpoint, Kind::Job] {
        for door in DOORS.iter().filter(|door| door.kind == kind) {
            let method = match kind {
                Kind::Page => "GET ",
                Kind::Action => "POST ",
                Kind::Endpoint => "",
                Kind::Job => "job ",
            };
            let _ = writeln!(text, "| `{method}{}` | {} | {} |", door.path, needs(door.needs), who(policy, door.needs));
        }
    }
    text
}

fn resources(action: Action) -> Vec<(String, Resource)> {
    match action {
        Action::GrantRole | Action::ChangeMember | Action::RemoveMember => {
            Role::ALL.map(|role| (format!(" of {}", role.as_str()), Resource::Membership { org: ORG, role })).to_vec()
        }
        Action::UpdatePost | Action::DeletePost => [(" of one's own", SELF), (" of others", OTHER)]
            .map(|(label, author)| (label.to_owned(), Resource::Post { org: ORG, author }))
            .to_vec(),
        _ => vec![(String::new(), ORG.into())],
    }
}

fn circumstances() -> [(&'static str, Circumstances); 8] {
    let fine = Circumstances::UNHINDERED;
    [
        (
            "it asks for a second factor, and this session showed none",
            Circumstances { second_factor_satisfied: false, ..fine },
        ),
        ("another network address than it allows", Circumstances { address_allowed: false, ..fine }),
        ("another hour than it allows", Circumstances { within_hours: false, ..fine }),
        (
            "both, and an owner broke the glass",
            Circumstances { within_hours: false, address_allowed: false, glass_broken: true, ..fine },
        ),
        ("it is about to be deleted", Circumstances { closing: true, ..fine }),
        ("an operator acts as them", Circumstances { impersonated: true, ..fine }),
        ("the flag `billing_portal` is off", Circumstances { billing_portal_flag: false, ..fine }),
        ("it has no customer", Circumstances { has_customer: false, ..fine }),
    ]
}

fn owner(policy: &Policy, action: Action, given: Circumstances) -> policy::Decision {
    let subject = Subject { user: SELF, membership: Some((ORG, Role::Owner)) };
    policy.decide(subject, action, resources(action).remove(0).1, given)
}

fn reason(policy: &Policy, given: Circumstances) -> String {
    let found = Action::ALL.into_iter().find_map(|action| owner(policy, action, given).first_reason());
    found.map_or_else(|| "–".to_owned(), |reason: Reason| format!("`{}`", reason.as_str()))
}

fn still(policy: &Policy, given: Circumstances) -> String {
    let (yes, no): (Vec<Action>, Vec<Action>) =
        Action::ALL.into_iter().partition(|action| owner(policy, *action, given).allowed);
    let names = |actions: &[Action]| {
        actions.iter().map(|action| format!("`{}`", action.as_str())).collect::<Vec<_>>().join(", ")
    };
    match (yes.len(), no.len()) {
        (0, _) => "nothing".to_owned(),
        (_, 0) => "everything".to_owned(),
        (yes_count, no_count) if yes_count > no_count => format!("everything but {}", names(&no)),
        _ => names(&yes),
    }
}

fn needs(needs: Needs) -> String {
    match needs {
        Needs::Nothing => "nothing".to_owned(),
        Needs::Link => "a link or a way in that was begun".to_owned(),
        Needs::Session => "a session".to_owned(),
        Needs::Invitation => "an invitation for one's own address".to_owned(),
        Needs::Development => "development".to_owned(),
        Needs::Staff => "one of the product's staff, with a second factor".to_owned(),
        Needs::Signature => "a signature of the payment provider".to_owned(),
        Needs::System => "no request leads here".to_owned(),
        Needs::May(action) => format!("`{}`", action.as_str()),
    }
}

fn who(policy: &Policy, needs: Needs) -> String {
    let Needs::May(action) = needs else { return String::new() };
    let may = |role: &Role| {
        resources(action).into_iter().any(|(_, resource)| {
            let subject = Subject { user: SELF, membership: Some((ORG, *role)) };
            policy.decide(subject, action, resource, Circumstances::UNHINDERED).allowed
        })
    };
    Role::ALL.iter().filter(|role| may(role)).map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
}

//! Our types as Cedar's entities.

use std::collections::{HashMap, HashSet};

use cedar_policy::{Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression};
use domain::{OrgId, UserId, orgs::Role};

use crate::Resource;

/// Names are written in this file only, and all of them are valid Cedar names.
#[expect(clippy::expect_used, reason = "the type names are literals of this file and always parse")]
fn uid(kind: &'static str, id: &str) -> EntityUid {
    let kind: EntityTypeName = kind.parse().expect("a Cedar type name");
    EntityUid::from_type_name_and_id(kind, EntityId::new(id))
}

pub(crate) fn action(name: &'static str) -> EntityUid {
    uid("Action", name)
}

pub(crate) fn organization_uid(org: OrgId) -> EntityUid {
    uid("Organization", &org.to_string())
}

fn user_uid(user: UserId) -> EntityUid {
    uid("User", &user.to_string())
}

fn role_uid(role: Role) -> EntityUid {
    uid("Role", role.as_str())
}

/// Owner in Admin in Editor in Viewer.
pub(crate) fn role_tree() -> Vec<Entity> {
    [
        (Role::Owner, Some(Role::Admin)),
        (Role::Admin, Some(Role::Editor)),
        (Role::Editor, Some(Role::Viewer)),
        (Role::Viewer, None),
    ]
    .into_iter()
    .map(|(role, below)| Entity::new_no_attrs(role_uid(role), below.map(role_uid).into_iter().collect()))
    .collect()
}

pub(crate) fn guest_uid(user: UserId) -> EntityUid {
    uid("Guest", &user.to_string())
}

pub(crate) fn member_uid(user: UserId, org: OrgId) -> EntityUid {
    uid("Member", &format!("{user}@{org}"))
}

#[expect(clippy::expect_used, reason = "an entity reference can always be evaluated")]
pub(crate) fn member(user: UserId, org: OrgId, role: Role) -> Entity {
    let organization = RestrictedExpression::new_entity_uid(organization_uid(org));
    Entity::new(
        member_uid(user, org),
        HashMap::from([
            ("organization".to_owned(), organization),
            ("user".to_owned(), RestrictedExpression::new_entity_uid(user_uid(user))),
        ]),
        HashSet::from([role_uid(role)]),
    )
    .expect("an entity with a reference")
}

#[expect(clippy::expect_used, reason = "a boolean can always be evaluated")]
pub(crate) fn organization(org: OrgId, has_customer: bool) -> Entity {
    let has_customer = RestrictedExpression::new_bool(has_customer);
    Entity::new(organization_uid(org), HashMap::from([("has_customer".to_owned(), has_customer)]), HashSet::new())
        .expect("an entity with a boolean")
}

/// One of a kind is enough: the policies never compare two of them.
pub(crate) fn uid_of(resource: Resource) -> EntityUid {
    match resource {
        Resource::Organization(org) => organization_uid(org),
        Resource::Membership { .. } => uid("Membership", "this"),
        Resource::Post { .. } => uid("Post", "this"),
    }
}

/// What is inside an organisation; the organisation itself is made apart.
#[expect(clippy::expect_used, reason = "an entity reference can always be evaluated")]
pub(crate) fn entity_of(resource: Resource) -> Option<Entity> {
    let (name, value) = match resource {
        Resource::Organization(_) => return None,
        Resource::Membership { role, .. } => ("role", role_uid(role)),
        Resource::Post { author, .. } => ("author", user_uid(author)),
    };
    let attributes = HashMap::from([(name.to_owned(), RestrictedExpression::new_entity_uid(value))]);
    let parents = HashSet::from([organization_uid(resource.org())]);
    Some(Entity::new(uid_of(resource), attributes, parents).expect("an entity with a reference"))
}

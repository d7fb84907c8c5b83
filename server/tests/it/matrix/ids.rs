//! What the doors are asked about: two organisations alike, and the things in them.

use std::fmt;

use domain::{OrgId, UserId, orgs::Role};
use policy::{Action, Resource};
use server::doors::Door;
use testkit::World;
use uuid::Uuid;

use crate::members::actor;

/// An organisation with somebody of each role, somebody more to act on, somebody who left.
pub struct Tenant {
    pub org: OrgId,
    pub slug: String,
    users: Vec<(Role, UserId)>,
    pub former: UserId,
    /// A Viewer nobody is signed in as.
    pub member: UserId,
    invitation: Uuid,
}

impl Tenant {
    pub async fn found(world: &World) -> Self {
        let slug = format!("t{}", &Uuid::new_v4().simple().to_string()[..12]);
        let org = world.organization(&slug).await;
        let mut users = Vec::new();
        for role in Role::ALL {
            let user = world.person(&format!("{}@{slug}.test", role.as_str().to_lowercase())).await;
            world.join(org, user, role).await;
            users.push((role, user));
        }
        let member = world.person(&format!("member@{slug}.test")).await;
        world.join(org, member, Role::Viewer).await;
        let former = world.person(&format!("former@{slug}.test")).await;
        world.join(org, former, Role::Owner).await;
        world.leave(org, former).await;
        let invitation = invite(world, org, users[0].1, &slug).await;
        Self { org, slug, users, former, member, invitation }
    }

    pub fn user(&self, role: Role) -> UserId {
        self.users.iter().find(|(known, _)| *known == role).map(|(_, user)| *user).unwrap()
    }
}

async fn invite(world: &World, org: OrgId, owner: UserId, slug: &str) -> Uuid {
    let email = format!("invited@{slug}.test");
    let actor = actor(world, owner).await;
    world.services().invite(&actor, slug, &email, "Viewer").await.unwrap();
    world.store().list_invitations(org, world.now()).await.unwrap()[0].id
}

/// Whose the thing inside the organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Child {
    Own,
    /// Another organisation's, under this one's address.
    Foreign,
    /// Nobody's: it never was.
    Random,
}

/// What one request names.
pub struct Ids<'a> {
    pub tenant: &'a Tenant,
    pub other: &'a Tenant,
    /// The organisation in the address or the form.
    pub org: &'a str,
    pub child: Child,
}

impl fmt::Debug for Ids<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let org = match self.org {
            org if org == self.tenant.slug => "own organisation",
            org if org == self.other.slug => "foreign organisation",
            _ => "no organisation",
        };
        write!(f, "({org}, {:?} child)", self.child)
    }
}

impl Ids<'_> {
    fn member(&self) -> String {
        match self.child {
            Child::Own => self.tenant.member.to_string(),
            Child::Foreign => self.other.member.to_string(),
            Child::Random => Uuid::new_v4().to_string(),
        }
    }

    fn invitation(&self) -> String {
        match self.child {
            Child::Own => self.tenant.invitation.to_string(),
            Child::Foreign => self.other.invitation.to_string(),
            Child::Random => Uuid::new_v4().to_string(),
        }
    }

    pub fn path(&self, path: &str) -> String {
        path.replace("{org}", self.org)
    }

    /// A form that is in order but for who sends it and what it names.
    pub fn fields(&self, path: &str) -> Vec<(&'static str, String)> {
        let mut fields = vec![("org", self.org.to_owned())];
        match path {
            "/api/orgs/change-role" => fields.extend([("user", self.member()), ("role", "Editor".to_owned())]),
            "/api/orgs/remove-member" | "/api/orgs/transfer-ownership" => fields.push(("user", self.member())),
            "/api/orgs/invite" => {
                fields.extend([("email", format!("new@{}.test", self.tenant.slug)), ("role", "Viewer".to_owned())]);
            }
            "/api/orgs/resend-invitation" | "/api/orgs/revoke-invitation" => {
                fields.push(("invitation", self.invitation()));
            }
            "/api/orgs/update" => {
                fields
                    .extend([("name", "Another name".to_owned()), ("address", format!("r{}", &self.tenant.slug[1..]))]);
            }
            "/api/orgs/delete" => fields.push(("confirmation", self.org.to_owned())),
            _ => {}
        }
        fields
    }
}

/// Actions whose form names something inside the organisation.
const CHILDREN_IN_FORMS: [&str; 5] = [
    "/api/orgs/change-role",
    "/api/orgs/remove-member",
    "/api/orgs/resend-invitation",
    "/api/orgs/revoke-invitation",
    "/api/orgs/transfer-ownership",
];

pub fn has_children(path: &str) -> bool {
    ["{project}", "{post}"].iter().any(|part| path.contains(part)) || CHILDREN_IN_FORMS.contains(&path)
}

/// What the policy is asked about.
pub fn resource(_door: Door, action: Action, tenant: &Tenant) -> Resource {
    match action {
        Action::GrantRole | Action::ChangeMember | Action::RemoveMember => {
            Resource::Membership { org: tenant.org, role: Role::Viewer }
        }
        Action::UpdatePost | Action::DeletePost => {
            Resource::Post { org: tenant.org, author: tenant.user(Role::Editor) }
        }
        _ => tenant.org.into(),
    }
}

/// An address as long as that one, of no organisation.
pub fn nowhere(slug: &str) -> String {
    format!("n{}", &slug[1..])
}

//! What the doors are asked about: two organisations alike, and the things in them.

use std::fmt;

use domain::{OrgId, UserId, orgs::Role};
use policy::{Action, Resource};
use server::doors::Door;
use services::posts::TypedPost;
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
    project: Uuid,
    post: Uuid,
    /// Its name, which is typed to delete it.
    project_name: String,
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
        let editor = users.iter().find(|(role, _)| *role == Role::Editor).map(|(_, user)| *user).unwrap();
        let project_name = format!("Project of {slug}");
        let (project, post) = write(world, editor, &slug, &project_name).await;
        Self { org, slug, users, former, member, invitation, project, post, project_name }
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

/// A project, and a post in it, both the Editor's.
async fn write(world: &World, editor: UserId, slug: &str, name: &str) -> (Uuid, Uuid) {
    let actor = actor(world, editor).await;
    let project = world.services().create_project(&actor, slug, name).await.unwrap();
    let typed = TypedPost { title: "A post", body: "What it says" };
    let post = world.services().create_post(&actor, (slug, &project.to_string()), typed).await.unwrap();
    (project.as_uuid(), post.as_uuid())
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
    fn id(&self, of: impl Fn(&Tenant) -> Uuid) -> String {
        match self.child {
            Child::Own => of(self.tenant),
            Child::Foreign => of(self.other),
            Child::Random => Uuid::new_v4(),
        }
        .to_string()
    }

    pub fn path(&self, path: &str) -> String {
        path.replace("{org}", self.org)
            .replace("{project}", &self.id(|tenant| tenant.project))
            .replace("{post}", &self.id(|tenant| tenant.post))
    }

    /// A form that is in order but for who sends it and what it names.
    pub fn fields(&self, path: &str) -> Vec<(&'static str, String)> {
        let mut fields = vec![("org", self.org.to_owned())];
        match path {
            "/api/orgs/change-role" => {
                fields.extend([("user", self.id(|tenant| tenant.member.as_uuid())), ("role", "Editor".to_owned())]);
            }
            "/api/orgs/remove-member" | "/api/orgs/transfer-ownership" => {
                fields.push(("user", self.id(|tenant| tenant.member.as_uuid())));
            }
            "/api/orgs/invite" => {
                fields.extend([("email", format!("new@{}.test", self.tenant.slug)), ("role", "Viewer".to_owned())]);
            }
            "/api/orgs/resend-invitation" | "/api/orgs/revoke-invitation" => {
                fields.push(("invitation", self.id(|tenant| tenant.invitation)));
            }
            "/api/orgs/update" => {
                fields
                    .extend([("name", "Another name".to_owned()), ("address", format!("r{}", &self.tenant.slug[1..]))]);
            }
            "/api/projects/create" => fields.push(("name", "A project".to_owned())),
            "/api/projects/rename" => {
                fields.extend([("project", self.id(|tenant| tenant.project)), ("name", "Another name".to_owned())]);
            }
            "/api/projects/delete" => fields.extend([
                ("project", self.id(|tenant| tenant.project)),
                ("confirmation", self.tenant.project_name.clone()),
            ]),
            "/api/posts/create" => fields.extend([
                ("project", self.id(|tenant| tenant.project)),
                ("title", "New".to_owned()),
                ("body", "New".to_owned()),
            ]),
            "/api/posts/update" => fields.extend([
                ("project", self.id(|tenant| tenant.project)),
                ("post", self.id(|tenant| tenant.post)),
                ("title", "Other".to_owned()),
                ("body", "Other".to_owned()),
                ("version", "1".to_owned()),
            ]),
            "/api/posts/delete" => {
                fields.extend([("project", self.id(|tenant| tenant.project)), ("post", self.id(|tenant| tenant.post))]);
            }
            "/api/orgs/set-audit-retention" => fields.push(("keep", "365".to_owned())),
            "/api/orgs/delete" => fields.push(("confirmation", self.org.to_owned())),
            _ => {}
        }
        fields
    }
}

/// Actions whose form names something inside the organisation.
const CHILDREN_IN_FORMS: [&str; 10] = [
    "/api/posts/create",
    "/api/posts/delete",
    "/api/posts/update",
    "/api/projects/delete",
    "/api/projects/rename",
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

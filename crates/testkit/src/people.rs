//! People and organisations to test with.

use domain::{
    OrgId, UserId,
    accounts::{Email, Method, Proof},
    audit::{AuditAction, AuditOutcome},
    orgs::{OrgName, Role, Slug},
};
use store::{AuditEntry, NewSession, NewUser};
use uuid::Uuid;

use crate::{Browser, World};

/// Everybody's.
pub const PASSWORD: &str = "correct horse battery staple";

/// Of [`PASSWORD`], with the product's parameters: hashing it once saves seconds in every test.
pub const PASSWORD_HASH: &str = include_str!("password.phc");

impl World {
    pub async fn person(&self, email: &str) -> UserId {
        let id = UserId::from_uuid(Uuid::new_v4());
        let email = Email::parse(email).expect("an address");
        let name = email.as_str().split('@').next().expect("a name");
        let user = NewUser { id, email: &email, name, password_hash: Some(PASSWORD_HASH) };
        assert!(self.store().insert_user(&user, self.now()).await.unwrap(), "{email:?} is new");
        id
    }

    pub async fn organization(&self, slug: &str) -> OrgId {
        let id = OrgId::from_uuid(Uuid::new_v4());
        let slug = Slug::parse(slug).expect("a slug");
        let name = OrgName::parse(&format!("Org {}", slug.as_str())).expect("a name");
        assert!(self.store().insert_organization(id, &slug, &name, self.now()).await.unwrap(), "{slug:?} is new");
        id
    }

    pub async fn join(&self, org: OrgId, user: UserId, role: Role) {
        self.store().put_membership(org, user, role, self.now()).await.unwrap();
    }

    pub async fn leave(&self, org: OrgId, user: UserId) {
        self.store().delete_membership(org, user).await.unwrap();
    }

    /// An organisation with one person of each role, `owner@acme.test` and so on.
    pub async fn team(&self, slug: &str) -> OrgId {
        let org = self.organization(slug).await;
        for role in Role::ALL {
            let user = self.person(&format!("{}@{slug}.test", role.as_str().to_lowercase())).await;
            self.join(org, user, role).await;
        }
        org
    }

    /// A browser of one of the product's staff, signed in a moment ago with a second factor.
    pub async fn operator(&self, email: &str) -> Browser {
        self.person(email).await;
        let browser = self.signed_in(email).await;
        self.set_up_totp(&browser).await;
        self.services().add_staff(&Email::parse(email).expect("an address")).await.unwrap();
        browser
    }

    /// Makes somebody one of the staff past the command, which asks for a second factor.
    pub async fn appoint(&self, email: &str) {
        let email = Email::parse(email).expect("an address");
        let user = self.store().find_user_by_email(&email).await.unwrap().expect("somebody").id;
        let entry = AuditEntry {
            id: Uuid::new_v4(),
            at: self.now(),
            org: None,
            actor_id: None,
            actor: "operator".to_owned(),
            subject: Some(email.as_str().to_owned()),
            action: AuditAction::AddStaff,
            outcome: AuditOutcome::Done,
            reason: None,
            address: None,
            request_id: "testkit".to_owned(),
            operator: None,
        };
        self.store().insert_staff(user, &entry).await.unwrap();
    }

    /// A browser in which somebody is signed in as by a provider: without a password being theirs.
    pub async fn signed_in_without_password(&self, user: UserId) -> Browser {
        let id = tower_sessions::session::Id(i128::from_be_bytes(*Uuid::new_v4().as_bytes()) >> 1);
        let proof = Proof::new(Method::Google, self.now());
        let data = serde_json::json!({ "user": user, "proof": proof }).to_string();
        let key = services::hash_token(&id.to_string());
        let session = NewSession { id_hash: &key, user: Some(user), data: &data, device: None };
        self.store().insert_session(&session, self.now()).await.unwrap();
        Browser::with_cookie(&self.node.url, &format!("portico={id}"))
    }
}

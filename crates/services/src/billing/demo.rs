//! `portico seed-demo`: organisations, people and a subscription to look at.
//! Development only; running it again changes nothing.

use async_trait::async_trait;
use domain::{
    CustomerId, OrgId, PostId, ProjectId, Timestamp,
    accounts::Email,
    audit::{AuditAction, AuditOutcome},
    orgs::{OrgName, Role, Slug},
    projects::{PostBody, PostTitle, ProjectName},
};
use secrecy::SecretString;
use store::{AuditEntry, BillingCustomer, NewPost, NewProject, NewUser, StoreError};

use super::{
    payments::{NewCustomer, Payments, PaymentsError},
    push_plans::{PlanShop, missing_plans, push_plans},
};
use crate::{Origin, ServiceError, Services, audit::Happening};

/// The password of every demo account.
pub const PASSWORD: &str = "correct horse battery staple";

const ORGANIZATIONS: [(&str, &str); 2] = [("acme", "Acme Inc."), ("globex", "Globex Corporation")];

type DemoPerson = (&'static str, &'static str, &'static [(&'static str, Role)]);
const PEOPLE: [DemoPerson; 6] = [
    ("owner@acme.test", "Olivia Owner", &[("acme", Role::Owner)]),
    ("admin@acme.test", "Adam Admin", &[("acme", Role::Admin)]),
    ("editor@acme.test", "Edith Editor", &[("acme", Role::Editor)]),
    ("viewer@acme.test", "Victor Viewer", &[("acme", Role::Viewer)]),
    ("owner@globex.test", "Gina Globex", &[("globex", Role::Owner)]),
    ("both@example.test", "Bo Both", &[("acme", Role::Owner), ("globex", Role::Viewer)]),
];

type DemoPost = (&'static str, &'static str, &'static str);
const PROJECTS: [(&str, &[DemoPost]); 2] = [
    (
        "Website relaunch",
        &[
            (
                "owner@acme.test",
                "What we want to show",
                "We have **ten seconds**. In that time somebody should know:\n\n- what it is\n- whom it is for\n- what to do next\n\n> If you can't say it on one page, it is two products.\n\nThe rest is in the [plan](https://example.com/plan).",
            ),
            (
                "editor@acme.test",
                "Numbers of last week",
                "| page | visits | left at once |\n|---|---|---|\n| start | 4 210 | 38 % |\n| pricing | 1 033 | 21 % |\n\nPricing does better since the table fits a phone.",
            ),
        ],
    ),
    ("Customer interviews", &[]),
];

/// What the demo needs of the provider beyond the product's own port.
#[async_trait]
pub trait DemoPayments: Payments + PlanShop {
    /// A paid subscription to "Pro" for that customer, unless there is one.
    async fn subscribe_to_pro(&self, customer: &CustomerId) -> Result<(), PaymentsError>;
}

impl Services {
    /// # Errors
    /// When the database or the provider does not answer.
    pub async fn seed_demo(&self, payments: &dyn DemoPayments) -> Result<(), ServiceError> {
        let now = self.now();
        for (slug, name) in ORGANIZATIONS {
            let (Some(slug), Ok(name)) = (Slug::parse(slug), OrgName::parse(name)) else { continue };
            self.store.insert_organization(OrgId::from_uuid(self.entropy().uuid()), &slug, &name, now).await?;
        }
        for person in PEOPLE {
            self.seed_person(person, now).await?;
        }
        let acme = self.demo_org("acme").await?;
        self.seed_projects(acme).await?;
        let customer = if let Some(customer) = self.store.find_billing_customer(acme).await? {
            customer.id
        } else {
            let new = NewCustomer { org: acme, name: "Acme Inc.".to_owned(), email: "owner@acme.test".to_owned() };
            let made = payments.create_customer(&new, &format!("portico-demo-{acme}")).await?;
            let row = BillingCustomer { id: made.id.clone(), livemode: made.livemode };
            match self.store.insert_billing_customer(acme, &row, now).await {
                Ok(()) | Err(StoreError::Conflict) => made.id,
                Err(error) => return Err(error.into()),
            }
        };
        let missing = missing_plans(&self.settings.catalogue, payments).await?;
        push_plans(payments, &missing).await?;
        payments.subscribe_to_pro(&customer).await?;
        // As after any event. Somebody else who holds the customer right now does the same.
        match self.hold_customer(&customer).await? {
            Some(held) => self.sync_customer(&held).await.map(drop),
            None => Ok(()),
        }
    }

    async fn seed_person(&self, (email, name, roles): DemoPerson, now: Timestamp) -> Result<(), ServiceError> {
        let Ok(email) = Email::parse(email) else { return Ok(()) };
        if self.store.find_user_by_email(&email).await?.is_none() {
            let hash = self.passwords.hash(SecretString::from(PASSWORD), self.entropy().bytes()).await?;
            let id = domain::UserId::from_uuid(self.entropy().uuid());
            self.store.insert_user(&NewUser { id, email: &email, name, password_hash: Some(&hash) }, now).await?;
        }
        let Some(user) = self.store.find_user_by_email(&email).await? else { return Ok(()) };
        for (slug, role) in roles {
            let org = self.demo_org(slug).await?;
            self.store.put_membership(org, user.id, *role, now).await?;
        }
        Ok(())
    }

    /// Unless there is something already.
    async fn seed_projects(&self, org: OrgId) -> Result<(), ServiceError> {
        if !self.store.list_projects(org, "", (0, 1)).await?.rows.is_empty() {
            return Ok(());
        }
        for (name, posts) in PROJECTS {
            let Ok(parsed) = ProjectName::parse(name) else { continue };
            let project = ProjectId::from_uuid(self.entropy().uuid_at(self.now()));
            let entry = self.demo_entry(AuditAction::CreateProject, org, name);
            self.store.insert_project(&NewProject { id: project, org, name: &parsed }, &entry).await?;
            for (email, title, body) in posts {
                let (Ok(email), Ok(parsed), Ok(body)) =
                    (Email::parse(email), PostTitle::parse(title), PostBody::parse(body))
                else {
                    continue;
                };
                let Some(author) = self.store.find_user_by_email(&email).await? else { continue };
                let id = PostId::from_uuid(self.entropy().uuid_at(self.now()));
                let new = NewPost { id, org, project, author: author.id, title: &parsed, body: &body };
                self.store.insert_post(&new, &self.demo_entry(AuditAction::CreatePost, org, title)).await?;
            }
        }
        Ok(())
    }

    fn demo_entry(&self, action: AuditAction, org: OrgId, about: &str) -> AuditEntry {
        let happening = Happening { action, outcome: AuditOutcome::Done, reason: None, org: Some(org) };
        self.entry(None, "demo", &Origin::default(), happening).about(about)
    }

    async fn demo_org(&self, slug: &str) -> Result<OrgId, ServiceError> {
        let slug = Slug::parse(slug).ok_or(ServiceError::NotFound)?;
        Ok(self.store.find_organization_by_slug(&slug).await?.ok_or(ServiceError::NotFound)?.id)
    }
}

//! Deleting an organisation: closed at once, gone after thirty days, and nothing goes on (T10).

use domain::{
    Millis, OrgId, SubscriptionId,
    accounts::Email,
    audit::{AuditAction, AuditOutcome},
    billing::{Subscription, SubscriptionStatus},
    flags::{BILLING_PORTAL, Rollout},
    orgs::{CLOSING_GRACE, Role, Slug},
};
use reqwest::StatusCode;
use services::{mail::Letter, posts::TypedPost};
use store::{AuditEntry, Closed};
use testkit::{Browser, Page, World, each_database};

use crate::{
    Bar, figure,
    letters::{newest, open, token},
    members::actor,
    proving,
    tables::{content, count, dump_but},
};

async fn delete(browser: &Browser, confirmation: &str) -> Page {
    browser.post("/api/orgs/delete", &[("org", "acme"), ("confirmation", confirmation)]).await
}

async fn restore(browser: &Browser) -> Page {
    browser.post("/api/orgs/restore", &[("org", "acme")]).await
}

async fn is_there(world: &World, slug: &str) -> bool {
    world.store().find_organization_by_slug(&Slug::parse(slug).unwrap()).await.unwrap().is_some()
}

async fn subscribed(world: &World, org: OrgId, status: SubscriptionStatus) {
    let subscription = Subscription::new(SubscriptionId::from_trusted(format!("sub_{org}")), "team", status);
    world.store().put_subscription(org, &subscription, world.now()).await.unwrap();
}

#[tokio::test]
async fn t10_a_closed_organization_opens_to_nobody_and_an_owner_can_keep_it() {
    each_database(|database| async {
        let world = World::on(database).await;
        let node = world.another_node().await;
        let acme = world.team("acme").await;
        let second = world.person("second@acme.test").await;
        world.join(acme, second, Role::Owner).await;
        let (owner, admin) = (world.signed_in("owner@acme.test").await, world.signed_in("admin@acme.test").await);
        let elsewhere = world.signed_in("editor@acme.test").await.on(&node.url);
        owner.post("/api/orgs/invite", &[("org", "acme"), ("email", "new@example.test"), ("role", "Viewer")]).await;
        let invitation = newest(&world, "new@example.test", "invitation").await;

        for (confirmation, words) in
            [("", "to confirm"), ("globex", "not its address"), ("owner@acme.test", "not its address")]
        {
            assert_eq!(delete(&owner, confirmation).await.location(), Some("/o/acme/settings"));
            let page = owner.get("/o/acme/settings").await;
            assert!(page.shows("form-error") && page.body.contains(words), "{confirmation}");
        }
        assert_eq!(delete(&admin, "acme").await.status, StatusCode::FORBIDDEN);
        assert_eq!(owner.get("/o/acme").await.status, StatusCode::OK);

        assert_eq!(delete(&owner, " /o/acme ").await.location(), Some("/o/acme/closing"));
        world.work_off().await;
        for email in ["owner@acme.test", "second@acme.test"] {
            let Letter::OrganizationClosing { due, who, .. } = newest(&world, email, "organization_closing").await
            else {
                panic!("another letter")
            };
            assert_eq!((due, &*who), (world.now() + CLOSING_GRACE, "owner"));
        }
        let page = owner.get("/o/acme/closing").await;
        assert!(
            page.status == StatusCode::OK && page.shows("restore-organization") && page.shows("export-organization")
        );
        // On both nodes, for everybody, whatever they ask for.
        for browser in [&owner, &admin, &elsewhere] {
            for path in ["/o/acme", "/o/acme/settings", "/o/acme/settings/members", "/o/acme/settings/billing"] {
                let page = browser.get(path).await;
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
                assert!(page.body.contains("This organization is closing"), "{path}");
            }
        }
        for (path, fields) in [
            ("/api/orgs/invite", vec![("email", "more@example.test"), ("role", "Viewer")]),
            ("/api/orgs/update", vec![("name", "X"), ("address", "x")]),
            ("/api/orgs/set-security", vec![("second_factor", "")]),
            ("/api/billing/open-portal", vec![]),
        ] {
            let fields: Vec<_> = [("org", "acme")].into_iter().chain(fields).collect();
            assert_eq!(owner.post(path, &fields).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert!(owner.get("/").await.body.contains("It is closing"));
        assert_eq!(elsewhere.get("/o/acme/closing").await.status, StatusCode::FORBIDDEN);
        assert_eq!(restore(&elsewhere).await.status, StatusCode::FORBIDDEN);
        assert_eq!(restore(&admin).await.status, StatusCode::FORBIDDEN);
        // One's data can still be taken along, by an owner.
        assert_eq!(owner.post("/api/orgs/export", &[("org", "acme")]).await.status, StatusCode::OK);
        assert_eq!(admin.post("/api/orgs/export", &[("org", "acme")]).await.status, StatusCode::FORBIDDEN);
        // What was sent before is dead, for good.
        assert_eq!(count(&world, "invitations").await, 0);
        let guest = world.browser();
        open(&guest, crate::letters::link(&invitation)).await;
        let form = [("token", &*token(&invitation)), ("name", "New"), ("password", "seven green doors")];
        assert_eq!(guest.post("/api/invitations/join", &form).await.status, StatusCode::GONE);

        // The other owner keeps it.
        let keeper = world.signed_in("second@acme.test").await.on(&node.url);
        assert_eq!(restore(&keeper).await.location(), Some("/o/acme/settings"));
        for browser in [&owner, &admin, &elsewhere] {
            assert_eq!(browser.get("/o/acme").await.status, StatusCode::OK);
        }
        assert!(owner.get("/o/acme/closing").await.body.contains("This organization stays"));
        world.clock.advance(CLOSING_GRACE);
        world.clock.advance(Millis::days(1));
        assert_eq!(world.services().delete_due_organizations(10).await.unwrap(), 0);
        assert!(is_there(&world, "acme").await);
        let trail: Vec<_> = world.store().list_audit_entries(acme, 0, 50).await.unwrap().entries;
        let closings: Vec<_> = trail
            .iter()
            .filter(|entry| {
                entry.outcome == AuditOutcome::Done
                    && matches!(entry.action, AuditAction::CloseOrganization | AuditAction::ReopenOrganization)
            })
            .map(|entry| (entry.action, &*entry.actor))
            .collect();
        assert_eq!(
            closings,
            [
                (AuditAction::ReopenOrganization, "second@acme.test"),
                (AuditAction::CloseOrganization, "owner@acme.test")
            ]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t10_after_thirty_days_it_is_gone_once_and_others_are_untouched() {
    each_database(|database| async {
        let world = World::on(database).await;
        let node = world.another_node().await;
        let (acme, globex) = (world.team("acme").await, world.team("globex").await);
        let owner = world.signed_in("owner@acme.test").await;
        // The one table of theirs without a key to them.
        for slug in ["acme", "globex"] {
            let slug = Slug::parse(slug).unwrap();
            world.services().set_flag(BILLING_PORTAL, Some(&slug), Rollout::On).await.unwrap();
        }
        world.services().set_flag(BILLING_PORTAL, None, Rollout::On).await.unwrap();
        let of_globex = |dump: String| -> Vec<String> {
            let (text, hex) = (globex.to_string(), globex.to_string().replace('-', "").to_uppercase());
            dump.lines().filter(|line| line.contains(&text) || line.contains(&hex)).map(str::to_owned).collect()
        };
        let before = of_globex(dump_but(&world, &[]).await);
        assert_eq!(delete(&owner, "acme").await.location(), Some("/o/acme/closing"));
        world.clock.advance(Millis(CLOSING_GRACE.0 - 1));
        assert_eq!(world.services().delete_due_organizations(10).await.unwrap(), 0);
        world.clock.advance(Millis(1));
        // Two workers at once.
        let (one, two) =
            tokio::join!(world.services().delete_due_organizations(10), node.services.delete_due_organizations(10));
        assert!(one.unwrap() + two.unwrap() >= 1);
        assert!(!is_there(&world, "acme").await);
        assert_eq!(world.services().delete_due_organizations(10).await.unwrap(), 0);
        for table in ["memberships", "organization_addresses", "invitations", "billing_customers", "customer_creations"]
        {
            let rows = content(&world, table).await;
            let hex = acme.to_string().replace('-', "").to_uppercase();
            assert!(!rows.contains(&acme.to_string()) && !rows.contains(&hex), "{table}");
        }
        assert_eq!(of_globex(dump_but(&world, &[]).await), before);
        assert_eq!(count(&world, "feature_flags").await, 2, "globex's and everybody's");
        world.work_off().await;
        let told =
            world.mail.all().into_iter().filter(|mail| matches!(mail.letter, Letter::OrganizationDeleted { .. }));
        assert_eq!(told.map(|mail| mail.to).collect::<Vec<_>>(), ["owner@acme.test"]);
        assert_eq!(count(&world, "audit_entries WHERE action = 'organization.delete'").await, 1);
        let owner = world.signed_in("owner@acme.test").await;
        assert_eq!(owner.get("/o/acme").await.status, StatusCode::NOT_FOUND);
        // The address is free again.
        let name = domain::orgs::OrgName::parse("New").unwrap();
        let id = OrgId::from_uuid(uuid::Uuid::new_v4());
        assert!(
            world.store().insert_organization(id, &Slug::parse("acme").unwrap(), &name, world.now()).await.unwrap()
        );
    })
    .await;
}

#[tokio::test]
async fn t10_what_still_pays_is_not_deleted() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        subscribed(&world, acme, SubscriptionStatus::Active).await;
        assert_eq!(delete(&owner, "acme").await.location(), Some("/o/acme/settings"));
        assert!(owner.get("/o/acme/settings").await.body.contains("Its subscription still runs."));
        subscribed(&world, acme, SubscriptionStatus::Canceled).await;
        assert_eq!(delete(&owner, "acme").await.location(), Some("/o/acme/closing"));
        // Meanwhile, by another way: it is put off, and somebody hears of it.
        subscribed(&world, acme, SubscriptionStatus::PastDue).await;
        world.clock.advance(CLOSING_GRACE);
        assert_eq!(world.services().delete_due_organizations(10).await.unwrap(), 1);
        assert!(is_there(&world, "acme").await);
        assert_eq!(world.alerts.take(), ["organization_put_off"]);
        subscribed(&world, acme, SubscriptionStatus::Canceled).await;
        world.clock.advance(Millis::days(1));
        assert_eq!(world.services().delete_due_organizations(10).await.unwrap(), 1);
        assert!(!is_there(&world, "acme").await);
    })
    .await;
}

#[tokio::test]
async fn l06_an_organization_is_closed_and_exported_with_a_recent_proof() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        let export = owner.post("/api/orgs/export", &[("org", "acme")]).await;
        assert_eq!(export.status, StatusCode::OK);
        world.clock.advance(Millis::minutes(16));
        for page in [delete(&owner, "acme").await, owner.post("/api/orgs/export", &[("org", "acme")]).await] {
            assert!(page.location().unwrap().starts_with("/account/confirm"));
            assert!(!page.body.contains("viewer@acme.test"));
        }
        assert_eq!(owner.get("/o/acme").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn the_copy_of_an_organization_has_all_of_it_and_nothing_of_others() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        world.team("globex").await;
        let owner = world.signed_in("owner@acme.test").await;
        owner.post("/api/orgs/invite", &[("org", "acme"), ("email", "new@example.test"), ("role", "Editor")]).await;
        let secret = token(&newest(&world, "new@example.test", "invitation").await);
        for slug in ["acme", "globex"] {
            let editor = Email::parse(&format!("editor@{slug}.test")).unwrap();
            let editor = world.store().find_user_by_email(&editor).await.unwrap().unwrap().id;
            let (who, about) = (actor(&world, editor).await, format!("about {slug}"));
            let project = world.services().create_project(&who, slug, &about).await.unwrap().to_string();
            let typed = TypedPost { title: &about, body: &about };
            world.services().create_post(&who, (slug, &project), typed).await.unwrap();
        }
        let reply = owner.post("/api/orgs/export", &[("org", "acme")]).await;
        let copy: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(copy["organization"]["address"], "acme");
        let mut members: Vec<_> =
            copy["members"].as_array().unwrap().iter().map(|row| row["email"].as_str().unwrap()).collect();
        members.sort_unstable();
        assert_eq!(members, ["admin@acme.test", "editor@acme.test", "owner@acme.test", "viewer@acme.test"]);
        assert_eq!(copy["invitations"][0]["email"], "new@example.test");
        assert_eq!(copy["projects"][0]["posts"][0]["body"], "about acme");
        let invited =
            copy["audit_log"].as_array().unwrap().iter().find(|row| row["what"] == "invitation.send").unwrap();
        assert_eq!((&invited["who"], &invited["subject"]), (&"owner@acme.test".into(), &"new@example.test".into()));
        for other in ["globex", &secret, "$argon2id$"] {
            assert!(!reply.body.contains(other), "{other}");
        }
    })
    .await;
}

/// Delete beside accept, and delete beside keep, on two nodes: nobody is let into what is closed, and
/// it is closed or open, whole.
#[tokio::test(flavor = "multi_thread")]
async fn t10_races_of_closing() {
    each_database(|database| async {
        let kind = database.kind;
        let world = World::on(database).await;
        let node = world.another_node().await;
        let acme = world.team("acme").await;
        let (owner, other) =
            (world.signed_in("owner@acme.test").await, world.signed_in("owner@acme.test").await.on(&node.url));
        let rounds = if proving() { 1_000 } else { 10 };
        for round in 0..rounds {
            let email = format!("guest{round}@example.test");
            let user = world.person(&email).await;
            let sent = owner.post("/api/orgs/invite", &[("org", "acme"), ("email", &email), ("role", "Viewer")]).await;
            assert_eq!(sent.location(), Some("/o/acme/settings/members"), "{kind} {round}: {}", sent.body);
            world.clock.advance(Millis::minutes(15));
            let secret = token(&newest(&world, &email, "invitation").await);
            let guest = world.signed_in_without_password(user).await.on(&node.url);
            let owner_now = world.signed_in("owner@acme.test").await;
            let form = [("token", secret.as_str())];
            let (accepted, closed) =
                tokio::join!(guest.post("/api/invitations/accept", &form), delete(&owner_now, "acme"));
            assert_eq!(closed.location(), Some("/o/acme/closing"), "{kind} {round}");
            let is_member = world.store().find_member(acme, user).await.unwrap().is_some();
            assert_eq!(is_member, accepted.location() == Some("/o/acme"), "{kind} {round}: {}", accepted.status);
            assert_eq!(
                guest.get("/o/acme").await.status,
                if is_member { StatusCode::FORBIDDEN } else { StatusCode::NOT_FOUND }
            );
            assert_eq!(count(&world, "invitations").await, 0, "{kind} {round}");
            // Kept twice at once: it is open, and said once.
            let (one, two) = tokio::join!(restore(&owner_now), restore(&other));
            for page in [one, two] {
                assert_eq!(page.location(), Some("/o/acme/settings"), "{kind} {round}");
            }
            assert_eq!(owner.get("/o/acme").await.status, StatusCode::OK);
            let kept = count(&world, "audit_entries WHERE action = 'organization.reopen' AND outcome = 'done'").await;
            assert_eq!(kept, i64::from(round) + 1, "{kind} {round}");
            world.leave(acme, user).await;
        }
        if proving() {
            figure(&format!("closing_races_{kind}"), f64::from(rounds), Bar::AtLeast(1_000.0));
        }
    })
    .await;
}

/// A role that went away between the decision and the write counts: it is asked again under the lock.
#[tokio::test]
async fn t10_the_role_of_the_moment_closes_and_reopens() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let id = async |email: &str| {
            world.store().find_user_by_email(&Email::parse(email).unwrap()).await.unwrap().unwrap().id
        };
        let (owner, admin) = (id("owner@acme.test").await, id("admin@acme.test").await);
        let entry = |by: domain::UserId, action| AuditEntry {
            id: uuid::Uuid::new_v4(),
            at: world.now(),
            org: Some(acme),
            actor_id: Some(by),
            actor: "somebody".to_owned(),
            action,
            subject: None,
            outcome: AuditOutcome::Done,
            reason: None,
            address: None,
            request_id: String::new(),
            operator: None,
        };
        let is_owner = |role: Option<Role>| role == Some(Role::Owner);
        let due = world.now() + CLOSING_GRACE;
        let close = async |by| {
            let entry = entry(by, AuditAction::CloseOrganization);
            world.store().close_organization((acme, by), due, &[], &entry, is_owner).await.unwrap()
        };
        let reopen = async |by| {
            let entry = entry(by, AuditAction::ReopenOrganization);
            world.store().reopen_organization((acme, by), &[], &entry, is_owner).await.unwrap()
        };
        let entries = async || world.store().list_audit_entries(acme, 0, 10).await.unwrap().entries.len();
        assert!(matches!(close(admin).await, Closed::NotAllowed));
        assert_eq!(entries().await, 0, "and nothing is written");
        assert!(matches!(close(owner).await, Closed::Done));
        assert!(matches!(reopen(admin).await, Closed::NotAllowed));
        assert_eq!(entries().await, 1);
        assert!(matches!(reopen(owner).await, Closed::Done));
        assert_eq!(entries().await, 2);
    })
    .await;
}

//! An organisation's name and address: old addresses lead its members there, and nobody else.

use domain::{
    OrgId,
    audit::{AuditAction, AuditOutcome},
    orgs::{Organization, Slug},
};
use reqwest::StatusCode;
use testkit::{Browser, Page, World, each_database};

use crate::{
    Bar, figure,
    masked::{assert_same_text, masked},
    proving,
    tables::count,
};

async fn update(browser: &Browser, org: &str, name: &str, address: &str) -> Page {
    browser.post("/api/orgs/update", &[("org", org), ("name", name), ("address", address)]).await
}

async fn now_called(world: &World, slug: &str) -> Option<Organization> {
    world.store().find_organization_by_slug(&Slug::parse(slug).unwrap()).await.unwrap()
}

async fn newest_entry(world: &World, org: OrgId) -> (AuditAction, AuditOutcome, Option<String>) {
    let entry = world.store().list_audit_entries(org, 0, 1).await.unwrap().entries.remove(0);
    (entry.action, entry.outcome, entry.subject)
}

#[tokio::test]
async fn a18_a_renamed_organization_is_found_under_its_old_address_by_its_members() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        world.person("eve@example.test").await;
        let (admin, viewer, eve) = (
            world.signed_in("admin@acme.test").await,
            world.signed_in("viewer@acme.test").await,
            world.signed_in("eve@example.test").await,
        );
        let page = admin.get("/o/acme/settings").await;
        assert!(page.shows("update-organization"));
        assert!(!viewer.get("/o/acme/settings").await.shows("update-organization"));

        let saved = update(&admin, "acme", "  Acme & Söhne ", " Acme-Labs ").await;
        assert_eq!(saved.location(), Some("/o/acme-labs/settings"));
        let page = admin.get("/o/acme-labs/settings").await;
        assert!(page.shows("flash") && page.body.contains("Acme &amp; Söhne"));
        assert_eq!(
            now_called(&world, "acme-labs").await.map(|org| (org.id, org.name)),
            Some((acme, "Acme & Söhne".to_owned()))
        );
        let said = Some("Acme & Söhne (/o/acme-labs)".to_owned());
        assert_eq!(newest_entry(&world, acme).await, (AuditAction::UpdateOrganization, AuditOutcome::Done, said));

        // Every page of it, with its query, for every member.
        for (old, new) in [
            ("/o/acme", "/o/acme-labs"),
            ("/o/acme/settings/members", "/o/acme-labs/settings/members"),
            ("/o/acme/settings/audit?page=1", "/o/acme-labs/settings/audit?page=1"),
        ] {
            let moved = viewer.get(old).await;
            assert_eq!((moved.status, moved.location()), (StatusCode::SEE_OTHER, Some(new)), "{old}");
        }
        // To others it looks like one that never was.
        let (old, never) = (eve.get("/o/acme").await, eve.get("/o/nope").await);
        assert_eq!(old.status, StatusCode::NOT_FOUND);
        assert_same_text("old and never", &masked(&old, &["acme"]), &masked(&never, &["nope"]));
        let stranger = world.browser().get("/o/acme").await;
        assert!(stranger.location().unwrap().starts_with("/sign-in?"));
        // Forms go where they say; what was there is not there any more.
        assert_eq!(update(&admin, "acme", "X", "x").await.status, StatusCode::NOT_FOUND);

        // Back again, and the other one leads there.
        assert_eq!(update(&admin, "acme-labs", "Acme", "acme").await.location(), Some("/o/acme/settings"));
        assert_eq!(admin.get("/o/acme-labs/settings").await.location(), Some("/o/acme/settings"));
        assert_eq!(admin.get("/o/acme").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a18_an_address_is_one_organizations_also_after_it_has_another() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, globex) = (world.team("acme").await, world.team("globex").await);
        let (owner, other) = (world.signed_in("owner@acme.test").await, world.signed_in("owner@globex.test").await);
        update(&owner, "acme", "Acme", "acme-labs").await;
        for taken in ["acme", "acme-labs", "admin", "settings"] {
            let refused = update(&other, "globex", "Globex", taken).await;
            assert_eq!(refused.location(), Some("/o/globex/settings"), "{taken}");
            let page = other.get("/o/globex/settings").await;
            assert!(page.shows("form-error") && page.body.contains("That address is taken."), "{taken}");
            assert!(page.body.contains(&format!("value=\"{taken}\"")), "what was typed is there still");
        }
        assert_eq!(now_called(&world, "globex").await.map(|org| org.id), Some(globex));
        // Nor by somebody who signs up.
        let (id, name) = (OrgId::from_uuid(uuid::Uuid::new_v4()), domain::orgs::OrgName::parse("Acme").unwrap());
        let made = world.store().insert_organization(id, &Slug::parse("acme").unwrap(), &name, world.now()).await;
        assert!(!made.unwrap());
        assert_eq!(count(&world, "organizations").await, 2);
        assert_eq!(now_called(&world, "acme-labs").await.map(|org| org.id), Some(acme));
        // Ten are kept; then the oldest is free.
        for number in 1..=10 {
            let from = if number == 1 { "acme-labs".to_owned() } else { format!("acme-{}", number - 1) };
            world.clock.advance(domain::Millis(1));
            let page = update(&owner, &from, "Acme", &format!("acme-{number}")).await;
            assert_eq!(page.location(), Some(&*format!("/o/acme-{number}/settings")));
        }
        assert_eq!(owner.get("/o/acme-labs").await.location(), Some("/o/acme-10"));
        assert_eq!(update(&other, "globex", "Globex", "acme").await.location(), Some("/o/acme/settings"));
        assert_eq!(owner.get("/o/acme").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn what_cant_be_a_name_or_an_address_is_said_beside_its_field() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        let long = "a".repeat(10_000);
        for (name, address, words) in [
            ("", "acme", "Enter the name of your company"),
            (&*long, "acme", "Use 1 to 80 ordinary characters."),
            ("a\u{202e}b", "acme", "Use 1 to 80 ordinary characters."),
            ("Acme", "", "Use 1 to 40 small letters"),
            ("Acme", "a b", "Use 1 to 40 small letters"),
            ("Acme", "../acme", "Use 1 to 40 small letters"),
            ("Acme", &*long, "Use 1 to 40 small letters"),
        ] {
            let refused = update(&owner, "acme", name, address).await;
            assert_eq!(refused.location(), Some("/o/acme/settings"), "{name:.20} {address:.20}");
            let page = owner.get("/o/acme/settings").await;
            assert!(page.shows("form-error") && page.body.contains(words), "{name:.20} {address:.20}");
        }
        assert_eq!(now_called(&world, "acme").await.unwrap().name, "Org acme");
        // Nothing changed: nothing is written.
        let before = count(&world, "audit_entries WHERE action = 'organization.update'").await;
        assert_eq!(update(&owner, "acme", "Org acme", "acme").await.location(), Some("/o/acme/settings"));
        assert_eq!(count(&world, "audit_entries WHERE action = 'organization.update'").await, before);
    })
    .await;
}

/// Two organisations want one address at once, from two nodes: one has it, whole.
#[tokio::test(flavor = "multi_thread")]
async fn a18_two_who_want_one_address_at_once() {
    each_database(|database| async {
        let kind = database.kind;
        let world = World::on(database).await;
        let node = world.another_node().await;
        let (acme, globex) = (world.team("acme").await, world.team("globex").await);
        let (one, two) =
            (world.signed_in("owner@acme.test").await, world.signed_in("owner@globex.test").await.on(&node.url));
        let rounds = if proving() { 1_000 } else { 20 };
        let (mut of_acme, mut of_globex) = ("acme".to_owned(), "globex".to_owned());
        for round in 0..rounds {
            let wanted = format!("wanted-{round}");
            let (a, b) = tokio::join!(update(&one, &of_acme, "A", &wanted), update(&two, &of_globex, "B", &wanted));
            let winner = now_called(&world, &wanted).await.expect("somebody has it").id;
            let (won, lost) = if winner == acme { (a, b) } else { (b, a) };
            assert_eq!(won.location(), Some(&*format!("/o/{wanted}/settings")), "{kind} {round}");
            assert_ne!(lost.location(), won.location(), "{kind} {round}");
            assert!(winner == acme || winner == globex);
            *(if winner == acme { &mut of_acme } else { &mut of_globex }) = wanted;
            assert!(
                now_called(&world, &of_acme).await.unwrap().id == acme
                    && now_called(&world, &of_globex).await.unwrap().id == globex
            );
        }
        if proving() {
            figure(&format!("rename_races_{kind}"), f64::from(rounds), Bar::AtLeast(1_000.0));
        }
    })
    .await;
}

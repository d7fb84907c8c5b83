//! B-01: an organisation's customer comes of its registration, once, whenever the provider answers.

use std::time::Duration;

use domain::{
    Millis, OrgId,
    accounts::Email,
    audit::{AuditAction, AuditOutcome},
    orgs::OrgName,
};
use reqwest::StatusCode;
use serde_json::json;
use testkit::{World, each_database};

const CUSTOMERS: &str = "POST /v1/customers";

/// As a registration leaves it.
async fn registered(world: &World, org: OrgId) {
    let (name, email) = (OrgName::parse("Org acme").unwrap(), Email::parse("owner@acme.test").unwrap());
    let row = world.services().customer_row(org, &name, &email);
    assert_eq!(row.key, format!("customer:{org}"));
    world.store().insert_outbox(&[row], world.now()).await.unwrap();
}

async fn assert_one_customer(world: &World, org: OrgId) {
    let customers = world.provider.customers().await;
    assert_eq!(customers.len(), 1, "{customers:?}");
    let stored = world.store().find_billing_customer(org).await.unwrap().unwrap();
    assert_eq!(customers[0]["id"], stored.id.as_str());
    assert_eq!((&customers[0]["name"], &customers[0]["email"]), (&json!("Org acme"), &json!("owner@acme.test")));
    assert_eq!(world.store().outbox_backlog().await.unwrap().0, 0);
    assert_eq!(world.store().count_parked_outbox().await.unwrap(), 0);
    world.provider.assert_contract_kept().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b01_a_registered_organization_gets_one_customer() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let other = world.another_node().await;
        for _ in 0..3 {
            registered(&world, acme).await;
        }
        let work =
            |services: services::Services| tokio::spawn(async move { services.work_off_outbox().await.unwrap() });
        let (a, b) = (work(world.services().clone()), work(other.services.clone()));
        assert_eq!(a.await.unwrap() + b.await.unwrap(), 1, "one row");
        world.work_off().await;
        assert_one_customer(&world, acme).await;
        let entry = world.store().list_audit_entries(acme, 0, 1).await.unwrap().entries.remove(0);
        assert_eq!((entry.action, entry.outcome), (AuditAction::CreateCustomer, AuditOutcome::Done));
        assert_eq!((entry.actor.as_str(), entry.actor_id), ("registration", None));
        // And the owner finds the portal open.
        let owner = world.signed_in("owner@acme.test").await;
        assert_eq!(owner.open_portal("acme").await.status, StatusCode::SEE_OTHER);
        world.work_off().await;
        assert_one_customer(&world, acme).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b01_a_provider_that_is_down_makes_it_later_and_once() {
    each_database(|database| async move {
        for fault in [
            json!({"kind": "status", "value": 503}),
            json!({"kind": "status", "value": 401}),
            json!({"kind": "half_answer"}),
            json!({"kind": "drop"}),
        ] {
            let database = fresh(database.kind).await;
            let world = World::on(database).await;
            let acme = world.team("acme").await;
            registered(&world, acme).await;
            world.provider.fail(CUSTOMERS, fault.clone()).await;
            for _ in 0..12 {
                world.work_off().await;
                world.clock.advance(Millis::minutes(5));
            }
            assert_eq!(world.store().outbox_backlog().await.unwrap().0, 1, "{fault}");
            assert_eq!(world.store().find_billing_customer(acme).await.unwrap(), None, "{fault}");
            assert!(world.alerts.take().iter().all(|kind| *kind == "payments_failed"), "{fault}");
            world.provider.heal().await;
            world.clock.advance(Millis::minutes(15));
            world.work_off().await;
            // What the last failure left in doubt is settled by the next attempt.
            world.clock.advance(Millis::minutes(15));
            world.work_off().await;
            assert_one_customer(&world, acme).await;
        }
    })
    .await;
}

async fn fresh(kind: &str) -> testkit::Database {
    if kind == "SQLite" { testkit::Database::sqlite().await } else { testkit::Database::postgres().await }
}

/// Both doors at once: the owner opens the portal while the registration's row is worked off.
#[tokio::test(flavor = "multi_thread")]
async fn b01_both_doors_at_once_make_one_customer() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let other = world.another_node().await;
        let owner = world.signed_in("owner@acme.test").await;
        world.work_off().await;
        world.provider.fail(CUSTOMERS, json!({"kind": "delay_ms", "value": 300})).await;
        registered(&world, acme).await;
        let opens: Vec<_> = (0..10)
            .map(|n| {
                let base = if n % 2 == 0 { &world.node.url } else { &other.url };
                let browser = owner.on(base);
                tokio::spawn(async move { browser.open_portal("acme").await.status })
            })
            .collect();
        let services = other.services.clone();
        let worked = tokio::spawn(async move { services.work_off_outbox().await.unwrap() });
        for open in opens {
            assert_eq!(open.await.unwrap(), StatusCode::SEE_OTHER);
        }
        assert_eq!(worked.await.unwrap(), 1);
        assert_one_customer(&world, acme).await;
    })
    .await;
}

/// After three days people look at it; the owner's own way to the portal still makes the customer.
#[tokio::test(flavor = "multi_thread")]
async fn b01_what_never_works_is_parked_and_told_and_the_portal_still_works() {
    let world = World::on(testkit::Database::sqlite().await).await;
    let acme = world.team("acme").await;
    registered(&world, acme).await;
    world.provider.fail(CUSTOMERS, json!({"kind": "status", "value": 401})).await;
    world.work_off().await;
    world.clock.advance(Millis::days(3));
    world.work_off().await;
    assert_eq!(world.alerts.take(), ["payments_failed", "payments_failed", "outbox_parked"]);
    assert_eq!(world.store().count_parked_outbox().await.unwrap(), 1);
    // Apart from mail, which can be sent again from the console.
    let seen = world.operator("ann@portico.test").await.get("/admin").await;
    assert!(seen.shows("work-parked") && seen.texts("count")[3] == "0", "{}", seen.body);
    world.provider.heal().await;
    let owner = world.signed_in("owner@acme.test").await;
    let begun = std::time::Instant::now();
    assert_eq!(owner.open_portal("acme").await.status, StatusCode::SEE_OTHER);
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(world.provider.customers().await.len(), 1);
}

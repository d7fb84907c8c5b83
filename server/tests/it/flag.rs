//! P-06, B03: the way back. Off: the action is gone and the endpoint answers 404,
//! on every node, within a second, and no call goes out.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use domain::flags::{BILLING_PORTAL, Rollout};
use reqwest::StatusCode;
use testkit::{Browser, Database, World, each_database};

use crate::{process::Process, until::until};

#[derive(Clone, Copy)]
struct Seen {
    at: Instant,
    status: StatusCode,
}

/// Opens the portal until told to stop; says when each answer came.
async fn keep_opening(browser: Browser, stop: Arc<AtomicBool>) -> Vec<Seen> {
    let mut seen = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        let begun = Instant::now();
        let status = browser.open_portal("acme").await.status;
        seen.push(Seen { at: begun, status });
    }
    seen
}

/// Two server processes on one database, four browsers on each; the flag is turned by a third.
#[tokio::test(flavor = "multi_thread")]
async fn p06_off_under_load_is_off_within_a_second_on_every_node() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let nodes = [Process::serve(&world, &[]).await, Process::serve(&world, &[]).await];
        let owner = world.signed_in("owner@acme.test").await;
        owner.open_portal("acme").await;
        let rows_before = billing_rows(&world).await;

        let stop = Arc::new(AtomicBool::new(false));
        let load: Vec<_> =
            (0..8).map(|n| tokio::spawn(keep_opening(owner.on(&nodes[n % 2].url), Arc::clone(&stop)))).collect();
        for node in &nodes {
            until("the flag is followed", async || {
                owner.on(&node.url).open_portal("acme").await.status == StatusCode::SEE_OTHER
            })
            .await;
        }
        // The node that makes the change isn't under load: what is measured is how the others learn of it.
        world.services().set_flag(BILLING_PORTAL, None, Rollout::Off).await.unwrap();
        let turned = Instant::now();
        until("the flag is followed", async || {
            turned.elapsed() > Duration::from_millis(1_500)
                && owner.on(&nodes[0].url).open_portal("acme").await.status == StatusCode::NOT_FOUND
        })
        .await;
        let calls_after_off = world.provider.portal_calls().await.len();
        stop.store(true, Ordering::SeqCst);
        let mut last_open = Duration::ZERO;
        let mut answers: BTreeMap<u16, usize> = BTreeMap::new();
        for task in load {
            for seen in task.await.unwrap() {
                *answers.entry(seen.status.as_u16()).or_default() += 1;
                assert!(matches!(seen.status.as_u16(), 303 | 404), "{}", seen.status);
                if seen.status == StatusCode::SEE_OTHER {
                    last_open = last_open.max(seen.at.saturating_duration_since(turned));
                }
            }
        }
        crate::figure("flag_off_last_open_ms", crate::milliseconds(last_open), crate::Bar::Below(1_000.0));
        assert!(answers[&303] > 0 && answers[&404] > 0, "{answers:?}");

        for node in &nodes {
            let browser = owner.on(&node.url);
            let page = browser.get("/o/acme/settings/billing").await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(!page.shows("billing-portal-action") && !page.body.contains("open-portal"));
            assert_eq!(browser.open_portal("acme").await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(world.provider.portal_calls().await.len(), calls_after_off, "zero calls afterwards");
        assert_eq!(billing_rows(&world).await, rows_before, "no data touched");

        world.services().set_flag(BILLING_PORTAL, None, Rollout::On).await.unwrap();
        for node in &nodes {
            until("the flag is followed", async || {
                owner.on(&node.url).open_portal("acme").await.status == StatusCode::SEE_OTHER
            })
            .await;
        }
    })
    .await;
}

/// P-06: who waits for another's call to the provider asks again before making one of their own.
#[tokio::test(flavor = "multi_thread")]
async fn p06_off_while_somebody_waits_makes_no_customer() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        // The first is given up on after four seconds; then the others would try.
        world.provider.fail("POST /v1/customers", serde_json::json!({"kind": "hang", "times": 1})).await;
        let opens: Vec<_> = (0..3)
            .map(|_| {
                let owner = owner.clone();
                tokio::spawn(async move { owner.open_portal("acme").await.status })
            })
            .collect();
        until("the flag is followed", async || !world.provider.requests("POST", "/v1/customers").await.is_empty())
            .await;
        world.services().set_flag(BILLING_PORTAL, None, Rollout::Off).await.unwrap();
        let asked = world.provider.requests("POST", "/v1/customers").await.len();
        for open in opens {
            assert_ne!(open.await.unwrap(), StatusCode::SEE_OTHER);
        }
        assert_eq!(world.provider.requests("POST", "/v1/customers").await.len(), asked, "no call after it is off");
        assert_eq!(world.provider.portal_calls().await.len(), 0);
    })
    .await;
}

/// F8: a table that does not answer holds up the portal only, and nobody for long.
#[tokio::test(flavor = "multi_thread")]
async fn p06_a_flag_table_that_hangs_is_off_and_holds_up_no_other_page() {
    use sea_orm::{ConnectionTrait, TransactionTrait};
    let world = World::on(Database::postgres().await).await;
    world.team("acme").await;
    let owner = world.signed_in("owner@acme.test").await;
    owner.open_portal("acme").await;
    let calls = world.provider.portal_calls().await.len();
    let lock = world.store().connection().begin().await.unwrap();
    lock.execute_unprepared("LOCK TABLE feature_flags IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let node = world.another_node().await;
    let there = owner.on(&node.url);
    let begun = Instant::now();
    let (a, b, c) = tokio::join!(
        there.get("/o/acme/settings/members"),
        there.get("/o/acme/settings/billing"),
        there.open_portal("acme"),
    );
    assert_eq!((a.status, b.status, c.status), (StatusCode::OK, StatusCode::OK, StatusCode::NOT_FOUND));
    assert!(!b.shows("billing-portal-action"));
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(world.provider.portal_calls().await.len(), calls);
    lock.rollback().await.unwrap();
    until("the flag is followed", async || there.open_portal("acme").await.status == StatusCode::SEE_OTHER).await;
}

async fn billing_rows(world: &World) -> String {
    use sea_orm::ConnectionTrait;
    let db = world.store().connection();
    let mut text = String::new();
    for table in ["billing_customers", "subscriptions", "customer_creations"] {
        let statement = sea_orm::Statement::from_string(db.get_database_backend(), format!("SELECT * FROM {table}"));
        text += &format!("{:?}", db.query_all_raw(statement).await.unwrap());
    }
    text
}

#[tokio::test]
async fn p06_one_organization_can_be_off_and_the_environment_wins() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        world.team("globex").await;
        let slug = domain::orgs::Slug::parse("acme").unwrap();
        world.services().set_flag(BILLING_PORTAL, Some(&slug), Rollout::Off).await.unwrap();
        let acme = world.signed_in("owner@acme.test").await;
        let globex = world.signed_in("owner@globex.test").await;
        assert_eq!(acme.open_portal("acme").await.status, StatusCode::NOT_FOUND);
        assert_eq!(globex.open_portal("globex").await.status, StatusCode::SEE_OTHER);
        assert_eq!(world.provider.customers().await.len(), 1, "nothing is set up for one that is off");
    })
    .await;
    for (word, want) in [("off", StatusCode::NOT_FOUND), ("on", StatusCode::SEE_OTHER)] {
        let settings = [("PORTICO_FLAG_BILLING_PORTAL", word)];
        let world = World::with_settings(Database::sqlite().await, &settings).await;
        world.team("acme").await;
        let opposite = if word == "on" { Rollout::Off } else { Rollout::On };
        world.services().set_flag(BILLING_PORTAL, None, opposite).await.unwrap();
        assert_eq!(world.signed_in("owner@acme.test").await.open_portal("acme").await.status, want);
    }
}

#[tokio::test]
async fn p06_flags_that_cannot_be_read_are_off() {
    each_database(|database| async {
        use sea_orm::ConnectionTrait;
        let world = World::on(database).await;
        world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        owner.open_portal("acme").await;
        let calls = world.provider.portal_calls().await.len();
        let db = world.store().connection();
        db.execute_unprepared("ALTER TABLE feature_flags RENAME TO feature_flags_away").await.unwrap();
        // The node may still use what it read, for less than a second.
        until("the flag is followed", async || owner.open_portal("acme").await.status == StatusCode::NOT_FOUND).await;
        let page = owner.get("/o/acme/settings/billing").await;
        assert_eq!(page.status, StatusCode::OK, "the rest of the page is there");
        assert!(!page.shows("billing-portal-action"));
        let off = world.provider.portal_calls().await.len();
        assert_eq!(owner.open_portal("acme").await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.provider.portal_calls().await.len(), off);
        assert!(off >= calls);
        db.execute_unprepared("ALTER TABLE feature_flags_away RENAME TO feature_flags").await.unwrap();
        until("the flag is followed", async || owner.open_portal("acme").await.status == StatusCode::SEE_OTHER).await;
    })
    .await;
}

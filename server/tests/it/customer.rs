//! P-05, B04: one customer for each organisation, whatever happens at once.

use std::time::{Duration, Instant};

use domain::{Millis, billing::customer_creation::LEASE};
use reqwest::StatusCode;
use testkit::{Database, World, each_database};

async fn fifty_at_once(database: Database, nodes: usize) {
    let world = World::on(database).await;
    let acme = world.team("acme").await;
    let mut extra = Vec::new();
    for _ in 1..nodes {
        extra.push(world.another_node().await);
    }
    let owner = world.signed_in("owner@acme.test").await;
    let bases: Vec<String> =
        std::iter::once(world.node.url.clone()).chain(extra.iter().map(|node| node.url.clone())).collect();
    // Answers slowly, so that all of them are there before the first is done.
    world.provider.fail("POST /v1/customers", serde_json::json!({"kind": "delay_ms", "value": 300})).await;

    let opens: Vec<_> = (0..50)
        .map(|n| {
            let browser = owner.on(&bases[n % bases.len()]);
            tokio::spawn(async move { browser.open_portal("acme").await })
        })
        .collect();
    for open in opens {
        let page = open.await.unwrap();
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    }

    let created = world.provider.requests("POST", "/v1/customers").await;
    let keys: std::collections::BTreeSet<_> = created.iter().map(|r| r["idempotency_key"].to_string()).collect();
    assert_eq!(keys.len(), 1, "one intent, one key: {keys:?}");
    let customers = world.provider.customers().await;
    assert_eq!(customers.len(), 1);
    let stored = world.store().find_billing_customer(acme).await.unwrap().unwrap();
    assert_eq!(customers[0]["id"], stored.id.as_str());
    let calls = world.provider.portal_calls().await;
    assert_eq!(calls.len(), 50);
    assert!(calls.iter().all(|call| call["form"]["customer"] == stored.id.as_str()));
    world.provider.assert_contract_kept().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p05_fifty_first_opens_make_one_customer() {
    each_database(|database| fifty_at_once(database, 1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p05_fifty_first_opens_on_two_nodes_make_one_customer() {
    each_database(|database| fifty_at_once(database, 2)).await;
}

/// The provider answers so late that the first call is given up on (four seconds), and the
/// lease runs out under it (fifteen, by the clock that is turned): others overtake, with the
/// same key. Whatever each is told, one customer comes of it.
async fn fifty_beside_a_very_slow_provider(database: Database, nodes: usize) {
    let world = World::on(database).await;
    let acme = world.team("acme").await;
    let mut bases = vec![world.node.url.clone()];
    let mut extra = Vec::new();
    for _ in 1..nodes {
        let node = world.another_node().await;
        bases.push(node.url.clone());
        extra.push(node);
    }
    let owner = world.signed_in("owner@acme.test").await;
    // Longer than a call may take, so that its outcome is not known.
    world
        .provider
        .fail("POST /v1/customers", serde_json::json!({"kind": "delay_ms", "value": 4_500, "times": 1}))
        .await;
    let open_all = || {
        let opens: Vec<_> = (0..50)
            .map(|n| {
                let browser = owner.on(&bases[n % bases.len()]);
                tokio::spawn(async move { browser.open_portal("acme").await.status })
            })
            .collect();
        async move {
            let mut statuses = Vec::new();
            for open in opens {
                statuses.push(open.await.unwrap());
            }
            statuses
        }
    };
    let first = tokio::spawn(open_all());
    let asked = || world.provider.requests("POST", "/v1/customers");
    let patience = Instant::now();
    let wait_for_calls = async |at_least: usize| {
        while asked().await.len() < at_least {
            assert!(patience.elapsed() < Duration::from_secs(10), "{at_least} calls");
            tokio::task::yield_now().await;
        }
    };
    wait_for_calls(1).await;
    let stalled = Instant::now();
    // The holder stalls longer than its lease: somebody overtakes it while its call is under way.
    world.clock.advance(Millis(LEASE.0 + 1));
    wait_for_calls(2).await;
    assert!(stalled.elapsed() < Duration::from_secs(4), "overtaken, not given up on: {:?}", stalled.elapsed());
    for status in first.await.unwrap() {
        // Told that billing did not answer, or sent there: nothing else, and nobody hangs.
        assert!(matches!(status.as_u16(), 303 | 502), "{status}");
    }
    // Until the first call is through, its key is taken (409).
    let through = Instant::now();
    while owner.open_portal("acme").await.status != StatusCode::SEE_OTHER {
        assert!(through.elapsed() < Duration::from_secs(10), "opens once the first call is through");
    }
    let again = open_all().await;
    assert!(again.iter().all(|status| *status == StatusCode::SEE_OTHER), "all get there in the end: {again:?}");

    let keys: std::collections::BTreeSet<_> = asked().await.iter().map(|r| r["idempotency_key"].to_string()).collect();
    assert_eq!(keys.len(), 1, "{keys:?}");
    let customers = world.provider.customers().await;
    assert_eq!(customers.len(), 1);
    let stored = world.store().find_billing_customer(acme).await.unwrap().unwrap();
    assert_eq!(customers[0]["id"], stored.id.as_str());
    let calls = world.provider.portal_calls().await;
    assert!(calls.len() >= 50 && calls.iter().all(|call| call["form"]["customer"] == stored.id.as_str()));
    world.provider.assert_contract_kept().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p05_fifty_first_opens_beside_a_provider_slower_than_the_lease_make_one_customer() {
    each_database(|database| fifty_beside_a_very_slow_provider(database, 2)).await;
}

#[tokio::test]
async fn p05_a_customer_belongs_to_one_organization_and_an_organization_has_one() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, globex) = (world.organization("acme").await, world.organization("globex").await);
        let customer = |id: &str| store::BillingCustomer { id: domain::CustomerId::from_trusted(id), livemode: false };
        let (store, now) = (world.store(), world.now());
        store.insert_billing_customer(acme, &customer("cus_1"), now).await.unwrap();
        for (org, id) in [(globex, "cus_1"), (acme, "cus_2"), (acme, "cus_1")] {
            let again = store.insert_billing_customer(org, &customer(id), now).await;
            assert!(matches!(again, Err(store::StoreError::Conflict)), "{again:?}");
        }
        assert_eq!(store.find_billing_customer(globex).await.unwrap(), None);
    })
    .await;
}

/// T09: what is leased, noted and given back is of one organisation, also by a token that is used twice.
#[tokio::test]
async fn t09_the_creations_of_two_organizations_do_not_mix() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, globex) = (world.team("acme").await, world.team("globex").await);
        let store = world.store();
        let lease = async |org, token| {
            store.lease_customer_creation(org, ("Org", "owner@acme.test"), token, world.now()).await.unwrap()
        };
        // Both intents are there, and free.
        for org in [acme, globex] {
            let held = lease(org, "first").await.unwrap();
            store.release_customer_creation(&held).await.unwrap();
        }
        let ours = lease(acme, "token").await.unwrap();
        assert_eq!(ours.attempt.org, acme);
        let theirs = lease(globex, "token").await.expect("theirs is free still");
        store.note_customer_call(&ours).await.expect("one row, and it is ours");
        store.release_customer_creation(&ours).await.unwrap();
        store.note_customer_call(&theirs).await.expect("theirs is held still");
        assert!(lease(globex, "other").await.is_none());
        assert!(lease(acme, "other").await.is_some());
    })
    .await;
}

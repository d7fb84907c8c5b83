//! B04, B05, F8: a payment provider that answers wrongly, late, or by half. Always
//! a clear page within ten seconds, no redirect, an alert, nothing half-written.

use std::time::{Duration, Instant};

use domain::{OrgId, audit::AuditOutcome};
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::{World, each_database};

const SESSIONS: &str = "POST /v1/billing_portal/sessions";
const CUSTOMERS: &str = "POST /v1/customers";
const BOUND: Duration = Duration::from_secs(10);

/// Every way to fail, and the reason that the audit trail gives.
fn faults(customers: bool) -> Vec<(Value, &'static str)> {
    let mut faults = vec![
        (json!({"kind": "status", "value": 500, "times": 1}), "provider_failed"),
        (json!({"kind": "status", "value": 429, "times": 1}), "provider_failed"),
        (json!({"kind": "status", "value": 402, "times": 1}), "provider_refused"),
        (json!({"kind": "half_answer", "times": 2}), "unreachable"),
        (json!({"kind": "drop", "times": 2}), "unreachable"),
        (json!({"kind": "wrong_livemode", "times": 1}), "answer_mismatch"),
    ];
    if !customers {
        faults.push((json!({"kind": "wrong_customer", "times": 1}), "answer_mismatch"));
        faults.push((json!({"kind": "wrong_url", "times": 1}), "answer_mismatch"));
    }
    faults
}

async fn last_reason(world: &World, org: OrgId) -> Option<String> {
    let entry = world.store().list_audit_entries(org, 0, 1).await.unwrap().entries.remove(0);
    assert_eq!(entry.outcome, AuditOutcome::Failed, "{entry:?}");
    entry.reason
}

#[tokio::test(flavor = "multi_thread")]
async fn f8_portal_sessions_that_go_wrong() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        owner.open_portal("acme").await;
        let customer = world.store().find_billing_customer(acme).await.unwrap();
        for (fault, reason) in faults(false) {
            world.provider.fail(SESSIONS, fault.clone()).await;
            let page = owner.open_portal("acme").await;
            assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{fault}");
            assert_eq!(page.location(), None, "{fault}");
            assert!(page.body.contains("Billing did not answer"), "{fault}");
            assert_eq!(world.alerts.take().len(), 1, "{fault}");
            assert_eq!(last_reason(&world, acme).await.as_deref(), Some(reason), "{fault}");
            world.provider.heal().await;
            assert_eq!(owner.open_portal("acme").await.status, StatusCode::SEE_OTHER, "well again after {fault}");
        }
        assert_eq!(world.store().find_billing_customer(acme).await.unwrap(), customer, "untouched");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f8_customers_that_go_wrong_are_still_made_once() {
    each_database(|database| async {
        let world = World::on(database).await;
        for (n, (fault, reason)) in faults(true).into_iter().enumerate() {
            let slug = format!("org-{n}");
            let org = world.team(&slug).await;
            let owner = world.signed_in(&format!("owner@{slug}.test")).await;
            let before = world.provider.customers().await.len();
            world.provider.fail(CUSTOMERS, fault.clone()).await;
            let page = owner.open_portal(&slug).await;
            assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{fault}");
            assert_eq!(page.location(), None, "{fault}");
            assert_eq!(world.alerts.take().len(), 1, "{fault}");
            assert_eq!(last_reason(&world, org).await.as_deref(), Some(reason), "{fault}");
            assert_eq!(world.store().find_billing_customer(org).await.unwrap(), None, "nothing half-written: {fault}");
            world.provider.heal().await;
            let page = owner.open_portal(&slug).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "well again after {fault}");
            let stored = world.store().find_billing_customer(org).await.unwrap().unwrap();
            assert_eq!(world.provider.customers().await.len(), before + 1, "one customer after {fault}");
            let call = world.provider.portal_calls().await.pop().unwrap();
            assert_eq!(call["form"]["customer"], stored.id.as_str());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f8_a_provider_that_hangs_is_given_up_on() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        for endpoint in [CUSTOMERS, SESSIONS] {
            world.provider.fail(endpoint, json!({"kind": "hang"})).await;
            let begun = Instant::now();
            let (page, other) = tokio::join!(owner.open_portal("acme"), owner.get("/o/acme/settings/members"));
            assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{endpoint}");
            assert!(begun.elapsed() < BOUND, "{endpoint}: {:?}", begun.elapsed());
            assert_eq!(other.status, StatusCode::OK, "pages that need no provider go on");
            assert_eq!(world.alerts.take().len(), 1);
            world.provider.heal().await;
            assert_eq!(owner.open_portal("acme").await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(world.provider.customers().await.len(), 1);
        assert!(world.store().find_billing_customer(acme).await.unwrap().is_some());
    })
    .await;
}

/// P-05: a call that is answered too late may still be under way when the next one
/// goes out. Only the same key makes one customer of the two.
#[tokio::test(flavor = "multi_thread")]
async fn p05_a_very_late_answer_makes_no_second_customer() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        world.provider.fail(CUSTOMERS, json!({"kind": "delay_ms", "value": 6_000, "times": 1})).await;
        assert_eq!(owner.open_portal("acme").await.status, StatusCode::BAD_GATEWAY, "given up on");
        let begun = Instant::now();
        while owner.open_portal("acme").await.status != StatusCode::SEE_OTHER {
            assert!(begun.elapsed() < BOUND, "opens once the first call is through");
        }
        let keys: std::collections::BTreeSet<_> = (world.provider.requests("POST", "/v1/customers").await.iter())
            .map(|request| request["idempotency_key"].to_string())
            .collect();
        assert_eq!(keys.len(), 1, "{keys:?}");
        assert_eq!(world.provider.customers().await.len(), 1);
        assert!(world.store().find_billing_customer(acme).await.unwrap().is_some());
    })
    .await;
}

/// P-05: an answer is lost, and what comes after it (a key that is refused, another owner
/// with another e-mail, an organization renamed, a key grown old) must not make a second.
#[tokio::test(flavor = "multi_thread")]
async fn p05_after_a_lost_answer_nothing_makes_a_second_customer() {
    each_database(|database| async {
        let world = World::on(database).await;
        for (n, then) in ["refused", "other owner", "failed", "a day later"].into_iter().enumerate() {
            let slug = format!("org-{n}");
            let org = world.team(&slug).await;
            let before = world.provider.customers().await.len();
            let owner = world.signed_in(&format!("owner@{slug}.test")).await;
            world.provider.fail(CUSTOMERS, json!({"kind": "half_answer", "times": 1})).await;
            assert_eq!(owner.open_portal(&slug).await.status, StatusCode::BAD_GATEWAY, "{then}");
            world.provider.heal().await;
            match then {
                "refused" | "failed" => {
                    let status = if then == "refused" { 401 } else { 500 };
                    world.provider.fail(CUSTOMERS, json!({"kind": "status", "value": status, "times": 1})).await;
                    assert_eq!(owner.open_portal(&slug).await.status, StatusCode::BAD_GATEWAY, "{then}");
                    world.provider.heal().await;
                }
                "other owner" => {
                    let second = world.person(&format!("second@{slug}.test")).await;
                    world.join(org, second, domain::orgs::Role::Owner).await;
                    world.signed_in(&format!("second@{slug}.test")).await.open_portal(&slug).await;
                }
                // The provider may have forgotten the key.
                _ => world.clock.advance(domain::Millis::hours(25)),
            }
            let owner = world.signed_in(&format!("owner@{slug}.test")).await;
            assert_eq!(owner.open_portal(&slug).await.status, StatusCode::SEE_OTHER, "well again: {then}");
            assert_eq!(world.provider.customers().await.len(), before + 1, "one customer: {then}");
            world.alerts.take();
        }
        world.provider.assert_contract_kept().await;
    })
    .await;
}

/// The stored customer is of test mode and the key of live mode, or the reverse.
#[tokio::test]
async fn b04_a_stored_customer_of_the_other_mode_is_not_used() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let live = store::BillingCustomer { id: domain::CustomerId::from_trusted("cus_live"), livemode: true };
        world.store().insert_billing_customer(acme, &live, world.now()).await.unwrap();
        let page = world.signed_in("owner@acme.test").await.open_portal("acme").await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY);
        assert_eq!(world.alerts.take(), ["customer_mismatch"]);
        assert_eq!(world.provider.portal_calls().await, [] as [serde_json::Value; 0]);
    })
    .await;
}

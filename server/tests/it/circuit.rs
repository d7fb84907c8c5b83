//! F8: a provider that keeps failing is left alone for a while, and asked again by itself.

use std::time::Duration;

use domain::{CustomerId, SubscriptionId};
use serde_json::json;
use services::billing::{Guarded, Patience, Payments, PaymentsError};
use testkit::{Database, World};

const PATIENCE: Patience = Patience { failures: 5, shortest: Duration::from_secs(4), longest: Duration::from_secs(4) };

#[tokio::test(flavor = "multi_thread")]
async fn f8_a_provider_that_keeps_failing_is_not_asked_until_it_may_answer_again() {
    let world = World::on(Database::sqlite().await).await;
    let made = world.provider.post("/v1/customers", &[("name", "Org")]).await;
    let customer = CustomerId::from_trusted(made["id"].as_str().unwrap());
    let guarded = Guarded::new(world.stripe(), PATIENCE);
    let asked = async || world.provider.requests("GET", "/v1/subscriptions").await.len();
    // What it refuses is an answer, however often.
    for _ in 0..10 {
        let error = guarded.checkout("cs_test_unknown").await.err().unwrap();
        assert!(matches!(error, PaymentsError::Refused { status: 404, .. }), "{error:?}");
    }
    assert!(guarded.billing_of(&customer).await.is_ok());
    world.provider.fail("*", json!({"kind": "status", "value": 503})).await;
    for _ in 0..5 {
        assert_eq!(guarded.billing_of(&customer).await.unwrap_err(), PaymentsError::Failed(503));
    }
    let before = asked().await;
    for _ in 0..20 {
        assert_eq!(guarded.billing_of(&customer).await.unwrap_err(), PaymentsError::NotAsked);
        assert_eq!(
            guarded.next_invoice(&SubscriptionId::from_trusted("sub_1")).await.unwrap_err(),
            PaymentsError::NotAsked
        );
    }
    assert_eq!(asked().await, before, "it was left alone");
    // Well again: it is found out without anybody's doing.
    world.provider.heal().await;
    let well = async {
        while guarded.billing_of(&customer).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), well).await.expect("it is asked again");
    assert_eq!(asked().await, before + 1);
}

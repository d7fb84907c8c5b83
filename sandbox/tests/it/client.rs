//! async-stripe, which reads strictly and was not written for the sandbox.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::json;
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError, StripeRequest};
use stripe_billing::billing_portal_session::CreateBillingPortalSession;
use stripe_core::customer::{
    CreateCustomer, DeleteCustomer, ListCustomer, RetrieveCustomer, RetrieveCustomerReturned, SearchCustomer,
    UpdateCustomer,
};

use crate::started::{KEY, Started, start};
use crate::subscriptions::subscribed;

fn client(sandbox: &Started) -> Client {
    let builder = ClientBuilder::new(KEY).url(sandbox.running.url()).timeout(Duration::from_secs(5));
    builder.build().unwrap()
}

fn metadata() -> HashMap<String, String> {
    HashMap::from([("org".to_owned(), "7".to_owned())])
}

#[tokio::test]
async fn async_stripe_reads_every_answer() {
    let sandbox = start().await;
    let client = client(&sandbox);
    let made = CreateCustomer::new().email("a@b.test").name("Acme").metadata(metadata()).send(&client).await.unwrap();
    assert_eq!(made.metadata, Some(metadata()));
    let changed = UpdateCustomer::new(made.id.clone()).name("Acme 2").send(&client).await.unwrap();
    assert_eq!((changed.name.as_deref(), changed.livemode), (Some("Acme 2"), false));
    let listed = ListCustomer::new().email("a@b.test").send(&client).await.unwrap();
    assert_eq!(listed.data.first().map(|customer| &customer.id), Some(&made.id));
    let found = SearchCustomer::new("metadata['org']:'7'").send(&client).await.unwrap();
    assert_eq!(found.data.len(), 1);
    let session = CreateBillingPortalSession::new()
        .customer(made.id.as_str())
        .return_url("http://127.0.0.1:3000/o/acme/settings/billing")
        .expand(vec!["configuration".to_owned()])
        .send(&client)
        .await
        .unwrap();
    assert_eq!((session.customer.as_str(), session.livemode), (made.id.as_str(), false));
    assert!(session.url.starts_with("http://localhost:"));
    let gone = DeleteCustomer::new(made.id.clone()).send(&client).await.unwrap();
    assert_eq!(gone.id, made.id);
    let after = RetrieveCustomer::new(made.id.clone()).send(&client).await.unwrap();
    assert!(matches!(after, RetrieveCustomerReturned::DeletedCustomer(stub) if stub.id == made.id));
    sandbox.end().await;
}

#[tokio::test]
async fn async_stripe_reads_a_customer_with_subscriptions() {
    let sandbox = start().await;
    let (customer, _) = subscribed(&sandbox).await;
    let expand =
        vec!["subscriptions.data.latest_invoice".to_owned(), "subscriptions.data.default_payment_method".to_owned()];
    let request = RetrieveCustomer::new(customer).expand(expand);
    let RetrieveCustomerReturned::Customer(read) = request.send(&client(&sandbox)).await.unwrap() else {
        panic!("it was not deleted");
    };
    let subscriptions = read.subscriptions.unwrap().data;
    let invoice = subscriptions[0].latest_invoice.as_ref().unwrap().as_object().unwrap();
    assert_eq!(invoice.total, 9800);
    sandbox.end().await;
}

#[tokio::test]
async fn async_stripe_reads_refusals_and_its_retries_make_one_object() {
    let sandbox = start().await;
    let client = client(&sandbox);
    let refused = CreateBillingPortalSession::new().customer("cus_none").send(&client).await;
    match refused {
        Err(StripeError::Stripe(error, 400)) => {
            assert_eq!(error.param.as_deref(), Some("customer"));
        }
        other => panic!("{other:?}"),
    }
    sandbox.fault(json!({"endpoint": "POST /v1/customers", "kind": "drop", "times": 1})).await;
    let key = IdempotencyKey::new("org-7-customer").unwrap();
    let strategy = RequestStrategy::Idempotent(key);
    let first = CreateCustomer::new().customize().request_strategy(strategy.clone()).send(&client).await;
    assert!(first.is_err(), "{first:?}");
    let second = CreateCustomer::new().customize().request_strategy(strategy).send(&client).await.unwrap();
    let listed = ListCustomer::new().send(&client).await.unwrap();
    assert_eq!(listed.data.iter().map(|customer| &customer.id).collect::<Vec<_>>(), [&second.id]);
    sandbox.end().await;
}

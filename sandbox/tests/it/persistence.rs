//! `--state FILE`.

use serde_json::{Value, json};

use crate::started::{START, Started, answered, id, start_with};
use crate::subscriptions::subscribed;

#[tokio::test]
async fn objects_keys_and_open_portals_are_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let sandbox = start_with(Some(file.clone())).await;
    let (customer, subscription) = subscribed(&sandbox).await;
    let request = sandbox.post_request("/v1/customers", &[("name", "b")]).header("idempotency-key", "k");
    let keyed = answered(request).await.1;
    let session = sandbox.made("/v1/billing_portal/sessions", &[("customer", &customer)]).await;
    sandbox.delete(&format!("/v1/customers/{}", id(&keyed))).await;
    sandbox.end().await;

    let sandbox = start_with(Some(file.clone())).await;
    let path = format!("/v1/subscriptions/{}", id(&subscription));
    let read = sandbox.get(&path).await.1;
    assert_eq!(read["items"], subscription["items"]);
    let request = sandbox.post_request("/v1/customers", &[("name", "b")]).header("idempotency-key", "k");
    assert_eq!(answered(request).await.1, keyed);
    assert_eq!(sandbox.get(&format!("/v1/customers/{}", id(&keyed))).await.1["deleted"], true);
    let secret = session["url"].as_str().unwrap().rsplit('/').next().unwrap();
    let page = sandbox.http.get(sandbox.at(&format!("/p/session/{secret}"))).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert_ne!(sandbox.customer().await, customer);
    sandbox.end().await;

    let saved: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(saved["books"]["portal_visits"][secret]["opened"], json!(START));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_work_was_cut_off_is_free_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let sandbox = start_with(Some(file.clone())).await;
    let endpoint = "POST /v1/customers";
    let fault = json!({"endpoint": endpoint, "kind": "delay_ms", "value": 600_000, "times": 1});
    sandbox.fault(fault).await;
    let keyed = |sandbox: &Started| {
        let request = sandbox.post_request("/v1/customers", &[("name", "a")]);
        request.header("idempotency-key", "k")
    };
    let first = tokio::spawn(keyed(&sandbox).send());
    while !sandbox.log().await.iter().any(|row| row["fault"] == "delay_ms") {
        tokio::task::yield_now().await;
    }
    // Another change saves the state with the key in flight.
    sandbox.made("/v1/products", &[("name", "Pro")]).await;
    let saved = std::fs::read_to_string(&file).unwrap();
    assert!(saved.contains("\"k\":{"), "the key is in the file");
    first.abort();
    sandbox.end().await;

    let sandbox = start_with(Some(file)).await;
    assert_eq!(answered(keyed(&sandbox)).await.0, 200);
    sandbox.end().await;
}

#[tokio::test]
async fn a_file_that_can_not_be_read_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    std::fs::write(&file, "{\"format\": 1").unwrap();
    let listener = sandbox::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let options = sandbox::Options { state_file: Some(file.clone()), ..sandbox::Options::default() };
    let refused = sandbox::serve(listener, options).await.err();
    assert!(matches!(refused, Some(sandbox::ServeError::State(_))));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "{\"format\": 1", "it is left alone");
}

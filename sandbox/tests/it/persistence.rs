//! `--state FILE`.

use serde_json::json;

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

    let saved = std::fs::read_to_string(&file).unwrap();
    assert!(saved.contains(&format!("\"opened\":{START}")), "{saved}");
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
    assert!(saved.contains("[\"keys\",[\"k\",{"), "the key is in the file: {saved}");
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

async fn count(sandbox: &Started) -> usize {
    sandbox.get("/v1/customers").await.1["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn what_was_cut_off_is_as_if_it_had_not_been() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let sandbox = start_with(Some(file.clone())).await;
    let customer = sandbox.customer().await;
    let before = std::fs::metadata(&file).unwrap().len();
    sandbox.customer().await;
    sandbox.end().await;
    let whole = std::fs::read(&file).unwrap();
    // Wherever the second change was cut off, the first one stands.
    let start = usize::try_from(before).unwrap();
    for end in (start..whole.len()).step_by(97) {
        std::fs::write(&file, &whole[..end]).unwrap();
        let sandbox = start_with(Some(file.clone())).await;
        assert_eq!(count(&sandbox).await, 1, "cut at {end}");
        assert_eq!(sandbox.get(&format!("/v1/customers/{customer}")).await.0, 200);
        sandbox.customer().await;
        sandbox.end().await;
        let sandbox = start_with(Some(file.clone())).await;
        assert_eq!(count(&sandbox).await, 2, "and it goes on from there");
        sandbox.end().await;
    }
}

#[tokio::test]
async fn only_what_changed_is_written_and_the_file_does_not_grow_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let sandbox = start_with(Some(file.clone())).await;
    let size = || std::fs::metadata(&file).unwrap().len();
    let mut made = Vec::new();
    for _ in 0..200 {
        made.push(sandbox.customer().await);
    }
    let before = size();
    sandbox.made(&format!("/v1/customers/{}", made[100]), &[("name", "Other")]).await;
    let change = size() - before;
    assert!(change < 8_000, "{change} bytes for one change of one customer among 200");
    // An endpoint has no events, so that of its many changes only the last one is left.
    let fields = [("url", "http://127.0.0.1:9/"), ("enabled_events[]", "*")];
    let path = format!("/v1/webhook_endpoints/{}", id(&sandbox.made("/v1/webhook_endpoints", &fields).await));
    let mut largest = 0;
    for round in 0..40 {
        let long = round.to_string().repeat(150_000);
        sandbox.made(&path, &[("description", &long)]).await;
        largest = largest.max(size());
    }
    assert!(largest > 8 << 20 && size() < largest / 2, "it was written anew: {} after {largest}", size());
    sandbox.end().await;
    let sandbox = start_with(Some(file.clone())).await;
    assert_eq!(sandbox.get(&path).await.1["description"], "39".repeat(150_000));
    assert_eq!(sandbox.get(&format!("/v1/customers/{}", made[100])).await.1["name"], "Other");
    sandbox.end().await;
}

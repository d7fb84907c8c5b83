//! The sandbox stops itself when its own answer breaks the contract.

use serde_json::json;

use crate::started::start;

#[tokio::test]
async fn a_planted_violation_stops_the_answer_and_is_recorded() {
    let sandbox = start().await;
    let endpoint = "POST /v1/customers";
    sandbox.fault(json!({"endpoint": endpoint, "kind": "contract_violation", "times": 1})).await;
    let (status, body) = sandbox.post("/v1/customers", &[("name", "a")]).await;
    assert_eq!((status.as_u16(), &body["error"]["code"]), (500, &json!("sandbox_contract_violation")));
    let found = sandbox.get("/_sandbox/violations").await.1;
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(found[0]["endpoint"], endpoint);
    assert_eq!(found[0]["problem"], "$.sandbox_planted: unknown key");
    assert_eq!(found[0]["request"], sandbox.log().await[0]["id"]);
    sandbox.running.stop().await;
}

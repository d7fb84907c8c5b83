//! Faults strike as asked, and no oftener.

use std::time::Duration;

use serde_json::{Value, json};

use crate::started::{Started, answered, start};

const SESSIONS: &str = "/v1/billing_portal/sessions";
const ON_SESSIONS: &str = "POST /v1/billing_portal/sessions";

async fn sessions(sandbox: &Started) -> Vec<Value> {
    let rows = sandbox.log().await;
    rows.into_iter().filter(|row| row["path"] == SESSIONS).collect()
}

#[tokio::test]
async fn a_status_is_answered_without_work_and_counted_off() {
    let sandbox = start().await;
    let endpoint = "POST /v1/customers";
    sandbox.fault(json!([{"endpoint": endpoint, "kind": "status", "value": 503, "times": 2}])).await;
    for left in [json!(1), json!(null)] {
        let (status, body) = sandbox.post("/v1/customers", &[("name", "a")]).await;
        assert_eq!((status.as_u16(), &body["error"]["type"]), (503, &json!("api_error")));
        assert_eq!(sandbox.get("/_sandbox/faults").await.1[0]["times"], left);
    }
    sandbox.made("/v1/customers", &[("name", "a")]).await;
    let log = sandbox.log().await;
    let faults: Vec<_> = log.iter().map(|row| (row["fault"].clone(), row["status"].clone())).collect();
    assert_eq!(faults, [(json!("status"), json!(503)), (json!("status"), json!(503)), (json!(null), json!(200))]);
    assert_eq!(sandbox.get("/v1/customers").await.1["data"].as_array().unwrap().len(), 1);
    sandbox.end().await;
}

#[tokio::test]
async fn lost_answers_were_worked_on_and_are_replayed() {
    let sandbox = start().await;
    for (kind, is_answered) in [("drop", false), ("half_answer", false), ("hang", false), ("delay_ms", true)] {
        let customer = sandbox.customer().await;
        let mut fault = json!({"endpoint": ON_SESSIONS, "kind": kind, "times": 1});
        if is_answered {
            fault["value"] = json!(1);
        }
        sandbox.fault(fault).await;
        let request = || sandbox.post_request(SESSIONS, &[("customer", &customer)]).header("idempotency-key", kind);
        let first = request().timeout(Duration::from_millis(500)).send().await;
        let first = match first {
            Ok(response) => response.json::<Value>().await,
            Err(error) => Err(error),
        };
        assert_eq!(first.is_ok(), is_answered, "{kind}: {first:?}");
        let (status, body) = answered(request()).await;
        assert_eq!((status.as_u16(), &body["customer"]), (200, &json!(customer)), "{kind}");
        let rows = sessions(&sandbox).await;
        let [.., lost, replayed] = rows.as_slice() else { panic!("two rows") };
        assert_eq!((&lost["fault"], &lost["object_id"]), (&json!(kind), &body["id"]), "{kind}");
        assert_eq!((&replayed["replayed"], &replayed["object_id"]), (&json!(true), &body["id"]), "{kind}");
    }
    sandbox.end().await;
}

#[tokio::test]
async fn a_half_answer_begins_well() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let sandbox = start().await;
    sandbox.customer().await;
    sandbox.fault(json!({"endpoint": "*", "kind": "half_answer", "times": 1})).await;
    let mut stream = tokio::net::TcpStream::connect(sandbox.running.address()).await.unwrap();
    let request = "GET /v1/customers HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk_test_sandbox\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert!(head.starts_with("HTTP/1.1 200"));
    assert_eq!(body.len(), length.parse::<usize>().unwrap() / 2);
    sandbox.end().await;
}

#[tokio::test]
async fn a_false_answer_is_false_outside_and_true_inside() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    for (kind, key, is_false) in
        [("wrong_customer", "customer", json!("cus_SandboxWrong00")), ("wrong_livemode", "livemode", json!(true))]
    {
        sandbox.fault(json!({"endpoint": ON_SESSIONS, "kind": kind, "times": 1})).await;
        assert_eq!(sandbox.made(SESSIONS, &[("customer", &customer)]).await[key], is_false);
    }
    sandbox.fault(json!({"endpoint": ON_SESSIONS, "kind": "wrong_url", "times": 1})).await;
    let url = sandbox.made(SESSIONS, &[("customer", &customer)]).await["url"].clone();
    assert!(url.as_str().unwrap().starts_with("https://evil.example/p/session/test_"), "{url}");
    let honest = sandbox.made(SESSIONS, &[("customer", &customer)]).await;
    assert_eq!((&honest["customer"], &honest["livemode"]), (&json!(customer), &json!(false)));
    for row in sessions(&sandbox).await {
        assert_eq!(row["customer"], customer);
    }
    sandbox.end().await;
}

#[tokio::test]
async fn a_fault_for_one_object_spares_the_others() {
    let sandbox = start().await;
    let (struck, spared) = (sandbox.customer().await, sandbox.customer().await);
    let endpoint = format!("GET /v1/customers/{struck}");
    sandbox.fault(json!({"endpoint": endpoint, "kind": "status", "value": 500})).await;
    for _ in 0..3 {
        assert_eq!(sandbox.get(&format!("/v1/customers/{struck}")).await.0, 500);
        assert_eq!(sandbox.get(&format!("/v1/customers/{spared}")).await.0, 200);
    }
    assert_eq!(answered(sandbox.http.delete(sandbox.at("/_sandbox/faults"))).await.1, json!([]));
    assert_eq!(sandbox.get(&format!("/v1/customers/{struck}")).await.0, 200);
    sandbox.end().await;
}

#[tokio::test]
async fn a_fault_that_makes_no_sense_is_refused() {
    let sandbox = start().await;
    for fault in [
        json!({"endpoint": "*", "kind": "explode"}),
        json!({"endpoint": "*", "kind": "delay_ms"}),
        json!({"endpoint": "*", "kind": "status", "value": 200}),
        json!({"endpoint": "*", "kind": "drop", "value": 1}),
        json!({"endpoint": "*", "kind": "drop", "count": 1}),
        json!({"kind": "drop"}),
    ] {
        let request = sandbox.http.post(sandbox.at("/_sandbox/faults")).json(&fault);
        assert_eq!(answered(request).await.0, 400, "{fault}");
    }
    assert_eq!(sandbox.get("/_sandbox/faults").await.1, json!([]));
    sandbox.end().await;
}

//! The page at `/` for people.

use serde_json::json;

use crate::receiver::receiver;
use crate::started::{START, Started, answered, id, start};

async fn page(sandbox: &Started, path: &str) -> String {
    sandbox.http.get(sandbox.at(path)).send().await.unwrap().text().await.unwrap()
}

async fn press(sandbox: &Started, path: &str, by: &str, site: &str) -> u16 {
    let request = sandbox.http.post(sandbox.at(path)).header("sec-fetch-site", site);
    let form = request.header("content-type", "application/x-www-form-urlencoded").body(format!("by={by}"));
    form.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn it_shows_what_there_is_and_nothing_of_it_is_markup() {
    let sandbox = start().await;
    let empty = page(&sandbox, "/").await;
    assert!(empty.contains("None yet"));
    sandbox.made("/v1/customers", &[("name", "<b>Acme</b>"), ("email", "owner@acme.test")]).await;
    let shown = page(&sandbox, "/").await;
    assert!(shown.contains("&lt;b&gt;Acme&lt;/b&gt;") && !shown.contains("<b>Acme"));
    for part in ["owner@acme.test", "customer.created", "POST /v1/customers", "http-equiv=\"refresh\"", "<script>"] {
        assert!(shown.contains(part), "{part}");
    }
    let still = page(&sandbox, "/?live=off").await;
    assert!(!still.contains("http-equiv") && !still.contains("<script"));
    let answer = sandbox.http.get(sandbox.at("/")).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && policy.contains("script-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    sandbox.end().await;
}

#[tokio::test]
async fn its_buttons_advance_clocks() {
    let sandbox = start().await;
    let frozen = START.to_string();
    let clock = id(&sandbox.made("/v1/test_helpers/test_clocks", &[("frozen_time", &frozen), ("name", "Year")]).await);
    let path = format!("/clocks/{clock}/advance");
    assert_eq!(press(&sandbox, &path, "month", "cross-site").await, 403);
    for (by, to) in [("day", START + 86_400), ("month", START + 31 * 86_400)] {
        assert_eq!(press(&sandbox, &path, by, "same-origin").await, 303, "{by}");
        let at = format!("/v1/test_helpers/test_clocks/{clock}");
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while sandbox.get(&at).await.1["frozen_time"] != json!(to) {
            assert!(std::time::Instant::now() < deadline, "{by}");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
    assert_eq!(press(&sandbox, &path, "next", "same-origin").await, 400, "nothing is to come");
    assert_eq!(press(&sandbox, &path, "century", "none").await, 400);
    assert_eq!(press(&sandbox, "/clocks/clock_none/advance", "day", "none").await, 400);
    assert!(page(&sandbox, "/").await.contains(&path));
    sandbox.end().await;
}

#[tokio::test]
async fn its_buttons_deliver_again() {
    let (sandbox, receiver) = (start().await, receiver(&[500]).await);
    let target = json!({"url": receiver.url, "secret": "whsec_sandbox"});
    answered(sandbox.http.post(sandbox.at("/_sandbox/webhooks")).json(&target)).await;
    sandbox.customer().await;
    receiver.after(1).await;
    let waits = || async { page(&sandbox, "/").await.contains("after 1 × (500") };
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !waits().await {
        assert!(std::time::Instant::now() < deadline);
    }
    assert_eq!(press(&sandbox, "/deliveries/1/again", "", "cross-site").await, 403);
    assert_eq!(press(&sandbox, "/deliveries/1/again", "", "same-origin").await, 303);
    receiver.after(2).await;
    assert_eq!(press(&sandbox, "/deliveries/retry", "", "same-origin").await, 303);
    let received = receiver.after(3).await;
    assert!(received.iter().all(|one| one.event["id"] == received[0].event["id"]));
    assert_eq!(press(&sandbox, "/deliveries/99/again", "", "same-origin").await, 404);
    sandbox.end().await;
}

//! The hosted portal, as a browser gets it.

use reqwest::Response;
use serde_json::{Value, json};

use crate::started::{Started, id, start};
use crate::subscriptions::subscribed;

async fn session(sandbox: &Started, customer: &str, return_url: &str) -> Value {
    let fields = [("customer", customer), ("return_url", return_url)];
    sandbox.made("/v1/billing_portal/sessions", &fields).await
}

async fn open(sandbox: &Started, session: &Value) -> Response {
    sandbox.http.get(session["url"].as_str().unwrap()).send().await.unwrap()
}

fn shown<'h>(html: &'h str, testid: &str) -> Vec<&'h str> {
    let mark = format!("data-testid=\"{testid}\"");
    html.split(&mark).skip(1).map(|after| after.split_once('>').unwrap().1.split_once('<').unwrap().0).collect()
}

#[tokio::test]
async fn the_page_shows_this_customer_and_the_way_back() {
    let sandbox = start().await;
    let (customer, _) = subscribed(&sandbox).await;
    subscribed(&sandbox).await;
    let session = session(&sandbox, &customer, "http://127.0.0.1:3000/o/acme/settings/billing?a=1&b=\"><script>").await;
    let url = session["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("http://localhost:{}/p/session/test_", sandbox.running.address().port())));
    let response = open(&sandbox, &session).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let html = response.text().await.unwrap();
    assert_eq!(shown(&html, "customer-id"), [&customer]);
    assert_eq!(shown(&html, "customer-name"), ["Acme"]);
    assert_eq!(shown(&html, "customer-email"), ["owner@acme.test"]);
    assert_eq!(shown(&html, "plan"), ["Pro &lt;plan&gt;"]);
    assert_eq!(shown(&html, "price"), ["2 × 49.00 EUR per month"]);
    assert_eq!(shown(&html, "renewal"), ["Renews on 21 December 2026"]);
    assert_eq!(shown(&html, "payment-method"), ["Visa ending in 4242"]);
    assert_eq!(shown(&html, "invoice-row").len(), 1);
    assert_eq!(shown(&html, "sandbox-banner"), ["Sandbox - no real money"]);
    let href = "href=\"http://127.0.0.1:3000/o/acme/settings/billing?a=1&amp;b=&quot;&gt;&lt;script&gt;\"";
    assert!(html.contains(href), "the way back: {html}");
    assert!(!html.contains("<script"));
    sandbox.end().await;
}

#[tokio::test]
async fn the_styles_hash_is_the_one_in_the_policy() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use sha2::{Digest, Sha256};
    let sandbox = start().await;
    let response = sandbox.http.get(sandbox.at("/")).send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let html = response.text().await.unwrap();
    let style = html.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    assert!(policy.contains(&STANDARD.encode(Sha256::digest(style))));
    sandbox.end().await;
}

#[tokio::test]
async fn without_a_subscription_the_page_says_so() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    let session = session(&sandbox, &customer, "http://a.test/").await;
    let html = open(&sandbox, &session).await.text().await.unwrap();
    assert_eq!(shown(&html, "plan"), ["No current plan"]);
    assert_eq!(shown(&html, "no-invoices"), ["No invoices yet"]);
    sandbox.end().await;
}

#[tokio::test]
async fn a_session_ends_unopened_after_five_minutes_and_open_after_an_hour() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    let unopened = session(&sandbox, &customer, "http://a.test/").await;
    let opened = session(&sandbox, &customer, "http://a.test/").await;
    sandbox.clock.advance(299);
    assert_eq!(open(&sandbox, &opened).await.status(), 200);
    sandbox.clock.advance(1);
    assert_eq!(open(&sandbox, &unopened).await.status(), 410);
    sandbox.clock.advance(3598);
    assert_eq!(open(&sandbox, &opened).await.status(), 200);
    sandbox.clock.advance(1);
    assert_eq!(open(&sandbox, &opened).await.status(), 410);
    let unknown = json!({"url": sandbox.at("/p/session/test_unknown")});
    assert_eq!(open(&sandbox, &unknown).await.status(), 404);
    sandbox.end().await;
}

#[tokio::test]
async fn a_configuration_gives_the_way_back_when_the_session_does_not() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    let list = sandbox.get("/v1/billing_portal/configurations?is_default=true").await.1;
    let default = &list["data"][0];
    assert_eq!(default["features"]["invoice_history"]["enabled"], true);
    let fields = [
        ("default_return_url", "http://a.test/back"),
        ("features[subscription_cancel][enabled]", "true"),
        ("features[subscription_cancel][cancellation_reason][enabled]", "true"),
        ("features[subscription_cancel][cancellation_reason][options][]", "other"),
        ("features[customer_update][enabled]", "true"),
        ("features[customer_update][allowed_updates][0]", "email"),
    ];
    let made = sandbox.made("/v1/billing_portal/configurations", &fields).await;
    assert_eq!(made["features"]["customer_update"]["allowed_updates"], json!(["email"]));
    assert_eq!(made["features"]["subscription_cancel"]["mode"], "at_period_end");
    let fields = [("customer", customer.as_str()), ("configuration", made["id"].as_str().unwrap())];
    let session = sandbox.made("/v1/billing_portal/sessions", &fields).await;
    assert_eq!((&session["return_url"], &session["configuration"]), (&json!("http://a.test/back"), &made["id"]));
    let path = format!("/v1/billing_portal/configurations/{}", id(&made));
    assert_eq!(sandbox.made(&path, &[("active", "false")]).await["active"], false);
    assert_eq!(sandbox.post("/v1/billing_portal/sessions", &fields).await.0, 400);
    let of_default = format!("/v1/billing_portal/configurations/{}", id(default));
    assert_eq!(sandbox.post(&of_default, &[("active", "false")]).await.0, 400);
    sandbox.end().await;
}

#[tokio::test]
async fn the_overview_shows_what_there_is_but_no_secret() {
    let sandbox = start().await;
    let (customer, subscription) = subscribed(&sandbox).await;
    let session = session(&sandbox, &customer, "http://a.test/").await;
    let html = sandbox.http.get(sandbox.at("/")).send().await.unwrap().text().await.unwrap();
    for expected in [customer.as_str(), subscription["id"].as_str().unwrap(), "POST /v1/billing_portal/sessions"] {
        assert!(html.contains(expected), "{expected}");
    }
    let secret = session["url"].as_str().unwrap().rsplit('/').next().unwrap();
    assert!(!html.contains(secret));
    assert!(!json!(sandbox.log().await).to_string().contains(secret));
    assert_eq!(sandbox.http.get(sandbox.at("/nowhere")).send().await.unwrap().status(), 404);
    sandbox.end().await;
}

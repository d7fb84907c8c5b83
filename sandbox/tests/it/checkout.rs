//! Checkout sessions as the API has them.

use serde_json::{Value, json};

use crate::started::{Fields, START, Started, id, start};

pub const BACK: &str = "http://127.0.0.1:3000/billing?session={CHECKOUT_SESSION_ID}";

impl Started {
    /// A recurring or one-time price in euros.
    pub async fn priced(&self, name: &str, amount: &str, interval: Option<&str>) -> String {
        let mut fields = vec![("currency", "eur"), ("unit_amount", amount), ("product_data[name]", name)];
        if let Some(interval) = interval {
            fields.push(("recurring[interval]", interval));
        }
        id(&self.made("/v1/prices", &fields).await)
    }

    /// A session for a monthly plan of 49 euros, with more parameters.
    pub async fn plan_session(&self, more: Fields<'_>) -> Value {
        let price = self.priced("Pro", "4900", Some("month")).await;
        let mut fields = vec![
            ("mode", "subscription"),
            ("success_url", BACK),
            ("cancel_url", "http://127.0.0.1:3000/pricing"),
            ("line_items[0][price]", price.as_str()),
            ("line_items[0][quantity]", "1"),
        ];
        fields.extend(more);
        self.made("/v1/checkout/sessions", &fields).await
    }

    pub async fn session(&self, session: &Value) -> Value {
        self.get(&format!("/v1/checkout/sessions/{}", id(session))).await.1
    }
}

#[tokio::test]
async fn a_session_shows_what_it_sells_and_where_it_is_paid() {
    let sandbox = start().await;
    let session = sandbox.plan_session(&[("client_reference_id", "org-7"), ("metadata[org]", "7")]).await;
    assert_eq!((&session["status"], &session["payment_status"]), (&json!("open"), &json!("unpaid")));
    assert_eq!((&session["amount_total"], &session["currency"]), (&json!(4900), &json!("eur")));
    assert_eq!(session["expires_at"], START + 86_400);
    assert_eq!(session["url"], format!("{}/c/pay/{}", sandbox.running.public_url(), id(&session)));
    assert_eq!((&session["client_reference_id"], &session["metadata"]["org"]), (&json!("org-7"), &json!("7")));
    assert_eq!(session.get("line_items"), None);
    let path = format!("/v1/checkout/sessions/{}", id(&session));
    let lines = sandbox.get(&format!("{path}/line_items")).await.1;
    assert_eq!((&lines["data"][0]["amount_total"], &lines["data"][0]["description"]), (&json!(4900), &json!("Pro")));
    let expanded = sandbox.get(&format!("{path}?expand[]=line_items.data.price.product")).await.1;
    assert_eq!(expanded["line_items"]["data"][0]["price"]["product"]["name"], "Pro");
    let listed = sandbox.get("/v1/checkout/sessions?status=open").await.1;
    assert_eq!(listed["data"][0]["id"], session["id"]);
    assert_eq!(sandbox.get("/v1/checkout/sessions?status=complete").await.1["data"], json!([]));
    sandbox.end().await;
}

#[tokio::test]
async fn lines_may_bring_their_own_prices() {
    let sandbox = start().await;
    let fields = [
        ("mode", "payment"),
        ("success_url", BACK),
        ("line_items[0][price_data][currency]", "eur"),
        ("line_items[0][price_data][unit_amount]", "250"),
        ("line_items[0][price_data][product_data][name]", "Sticker"),
        ("line_items[0][quantity]", "3"),
    ];
    let session = sandbox.made("/v1/checkout/sessions", &fields).await;
    assert_eq!((&session["amount_total"], &session["customer_creation"]), (&json!(750), &json!("if_required")));
    let save = [("mode", "setup"), ("success_url", BACK), ("currency", "eur")];
    let setup = sandbox.made("/v1/checkout/sessions", &save).await;
    assert_eq!((&setup["amount_total"], &setup["payment_status"]), (&json!(null), &json!("no_payment_required")));
    sandbox.end().await;
}

#[tokio::test]
async fn a_trial_makes_the_first_payment_nothing() {
    let sandbox = start().await;
    let session = sandbox.plan_session(&[("subscription_data[trial_period_days]", "7")]).await;
    assert_eq!((&session["amount_subtotal"], &session["amount_total"]), (&json!(0), &json!(0)));
    assert_eq!(session["payment_method_collection"], "always");
    sandbox.end().await;
}

/// More fields, the status, the parameter that is named.
type Refused = (&'static [(&'static str, &'static str)], u16, &'static str);

const REFUSED: &[Refused] = &[
    (&[("ui_mode", "embedded_page")], 501, "ui_mode"),
    (&[("customer_creation", "always")], 400, "customer_creation"),
    (&[("submit_type", "pay")], 400, "submit_type"),
    (&[("payment_intent_data[description]", "x")], 400, "payment_intent_data"),
    (&[("customer", "cus_none")], 400, "customer"),
    (&[("customer_email", "nobody")], 400, "customer_email"),
    (&[("cancel_url", "javascript:alert(1)")], 400, "cancel_url"),
    (&[("expires_at", "1795220999")], 400, "expires_at"),
    (&[("expires_at", "1795305601")], 400, "expires_at"),
    (&[("subscription_data[trial_period_days]", "0")], 400, "subscription_data[trial_period_days]"),
    (&[("subscription_data[trial_end]", "1795305600")], 400, "subscription_data[trial_end]"),
    (&[("automatic_tax[enabled]", "true")], 501, "automatic_tax[enabled]"),
    (&[("line_items[1][price]", "price_none"), ("line_items[1][quantity]", "1")], 400, "line_items[1][price]"),
    (&[("line_items[1][quantity]", "1")], 400, "line_items[1][price]"),
    (&[("phone_number_collection[enabled]", "true")], 501, "phone_number_collection"),
    (&[("allow_promotion_codes", "true"), ("discounts[0][coupon]", "x")], 400, "discounts"),
];

#[tokio::test]
async fn what_does_not_fit_is_refused_by_its_name() {
    let sandbox = start().await;
    let price = sandbox.priced("Pro", "4900", Some("month")).await;
    for (more, status, param) in REFUSED {
        let mut fields = vec![("mode", "subscription"), ("success_url", BACK)];
        fields.extend([("line_items[0][price]", price.as_str()), ("line_items[0][quantity]", "1")]);
        fields.retain(|(key, _)| !more.iter().any(|(given, _)| given == key));
        fields.extend(*more);
        let (got, body) = sandbox.post("/v1/checkout/sessions", &fields).await;
        assert_eq!((got.as_u16(), body["error"]["param"].as_str()), (*status, Some(*param)), "{more:?} {body}");
    }
    let once = sandbox.priced("Once", "100", None).await;
    for (mode, price, param) in [("payment", &price, "line_items"), ("subscription", &once, "line_items")] {
        let fields = [
            ("mode", mode),
            ("success_url", BACK),
            ("line_items[0][price]", price.as_str()),
            ("line_items[0][quantity]", "1"),
        ];
        let (got, body) = sandbox.post("/v1/checkout/sessions", &fields).await;
        assert_eq!((got.as_u16(), &body["error"]["param"]), (400, &json!(param)), "{body}");
    }
    assert_eq!(sandbox.get("/v1/checkout/sessions").await.1["data"], json!([]));
    sandbox.end().await;
}

#[tokio::test]
async fn a_session_expires_by_hand_and_by_time() {
    let sandbox = start().await;
    let by_hand = sandbox.plan_session(&[]).await;
    let soon = (START + 1800).to_string();
    let by_time = sandbox.plan_session(&[("expires_at", &soon)]).await;
    let path = format!("/v1/checkout/sessions/{}/expire", id(&by_hand));
    let expired = sandbox.made(&path, &[]).await;
    assert_eq!((&expired["status"], &expired["url"]), (&json!("expired"), &json!(null)));
    assert_eq!(sandbox.post(&path, &[]).await.0, 400);
    sandbox.clock.advance(1799);
    assert_eq!(sandbox.session(&by_time).await["status"], "open");
    sandbox.clock.advance(1);
    assert_eq!(sandbox.session(&by_time).await["status"], "expired");
    let about: Vec<Value> = sandbox.events("checkout.session.expired").await;
    let ids: Vec<_> = about.iter().map(|event| event["data"]["object"]["id"].clone()).collect();
    assert_eq!(ids, [by_hand["id"].clone(), by_time["id"].clone()]);
    let page = sandbox.page(by_time["url"].as_str().unwrap()).await;
    assert_eq!(page.status, 410);
    assert!(page.has("http://127.0.0.1:3000/pricing"));
    sandbox.end().await;
}

//! Features follow subscriptions; meters add up.

use serde_json::{Value, json};

use crate::started::{START, Started, id, start};
use crate::subscriptions::subscribed;

async fn entitled(sandbox: &Started, customer: &str) -> Vec<Value> {
    let list = sandbox.get(&format!("/v1/entitlements/active_entitlements?customer={customer}")).await.1;
    list["data"].as_array().unwrap().iter().map(|one| one["lookup_key"].clone()).collect()
}

async fn summaries(sandbox: &Started) -> Vec<Vec<Value>> {
    let list = sandbox.get("/v1/events?type=entitlements.*").await.1;
    let keys = |event: &Value| {
        let data = event["data"]["object"]["entitlements"]["data"].as_array().unwrap().clone();
        data.iter().map(|one| one["lookup_key"].clone()).collect()
    };
    list["data"].as_array().unwrap().iter().rev().map(keys).collect()
}

#[tokio::test]
async fn a_customer_has_the_features_of_what_is_subscribed() {
    let sandbox = start().await;
    let (customer, subscription) = subscribed(&sandbox).await;
    let product = subscription["items"]["data"][0]["price"]["product"].as_str().unwrap().to_owned();
    let mut features = Vec::new();
    for key in ["audit", "sso"] {
        features.push(sandbox.made("/v1/entitlements/features", &[("lookup_key", key), ("name", key)]).await);
    }
    let [audit, sso] = features.as_slice() else { panic!("two features") };
    let of_product = format!("/v1/products/{product}/features");
    assert_eq!(entitled(&sandbox, &customer).await, Vec::<Value>::new());
    let attached = sandbox.made(&of_product, &[("entitlement_feature", &id(audit))]).await;
    assert_eq!(attached["entitlement_feature"]["lookup_key"], "audit");
    assert_eq!(entitled(&sandbox, &customer).await, ["audit"]);
    sandbox.made(&of_product, &[("entitlement_feature", &id(sso))]).await;
    assert_eq!(entitled(&sandbox, &customer).await, ["audit", "sso"]);
    let (status, twice) = sandbox.post(&of_product, &[("entitlement_feature", &id(sso))]).await;
    assert_eq!((status.as_u16(), &twice["error"]["param"]), (400, &json!("entitlement_feature")));
    let one =
        sandbox.get(&format!("/v1/entitlements/active_entitlements?customer={customer}&expand[]=data.feature")).await.1;
    let path = format!("/v1/entitlements/active_entitlements/{}", id(&one["data"][0]));
    assert_eq!(one["data"][0]["feature"]["name"], "audit");
    assert_eq!(sandbox.get(&path).await.1["feature"], audit["id"]);
    sandbox.delete(&format!("{of_product}/{}", id(&attached))).await;
    assert_eq!(entitled(&sandbox, &customer).await, ["sso"]);
    sandbox.delete(&format!("/v1/subscriptions/{}", id(&subscription))).await;
    assert_eq!(entitled(&sandbox, &customer).await, Vec::<Value>::new());
    let said = json!([["audit"], ["audit", "sso"], ["sso"], []]);
    assert_eq!(json!(summaries(&sandbox).await), said);
    let (status, _) = sandbox.post("/v1/entitlements/features", &[("lookup_key", "sso"), ("name", "x")]).await;
    assert_eq!(status, 400);
    sandbox.made(&format!("/v1/entitlements/features/{}", id(sso)), &[("active", "false")]).await;
    assert_eq!(sandbox.get("/v1/entitlements/features?archived=true").await.1["data"][0]["id"], sso["id"]);
    assert_eq!(sandbox.get(&of_product).await.1["data"][0]["entitlement_feature"]["active"], false);
    sandbox.end().await;
}

#[tokio::test]
async fn a_meter_adds_up_what_was_reported() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    let mut meters = Vec::new();
    for formula in ["sum", "count", "last"] {
        let fields = [("display_name", "Use"), ("event_name", formula), ("default_aggregation[formula]", formula)];
        meters.push(sandbox.made("/v1/billing/meters", &fields).await);
    }
    let report = |name: &'static str, identifier: String, value: &'static str, at: i64| {
        let (customer, at) = (customer.clone(), at.to_string());
        let sandbox = &sandbox;
        async move {
            let fields = [
                ("event_name", name),
                ("identifier", identifier.as_str()),
                ("payload[stripe_customer_id]", customer.as_str()),
                ("payload[value]", value),
                ("timestamp", at.as_str()),
            ];
            sandbox.post("/v1/billing/meter_events", &fields).await
        }
    };
    let day = START - 86_400;
    for name in ["sum", "count", "last"] {
        for (place, (value, at)) in [("5", day), ("7", day + 3_600), ("11", START - 60)].into_iter().enumerate() {
            assert_eq!(report(name, format!("{name}{place}"), value, at).await.0, 200);
        }
    }
    let summed = |meter: &Value, more: &str| {
        let path = format!(
            "/v1/billing/meters/{}/event_summaries?customer={customer}&start_time={day}&end_time={START}{more}",
            id(meter)
        );
        let sandbox = &sandbox;
        async move {
            let list = sandbox.get(&path).await.1;
            list["data"]
                .as_array()
                .unwrap_or(&vec![])
                .iter()
                .map(|one| one["aggregated_value"].clone())
                .collect::<Vec<_>>()
        }
    };
    for (meter, total) in meters.iter().zip([23, 3, 11]) {
        assert_eq!(summed(meter, "").await, [json!(total)], "{}", meter["event_name"]);
    }
    let hours = summed(&meters[0], "&value_grouping_window=hour&limit=100").await;
    assert_eq!((hours.len(), &hours[0], &hours[22], &hours[23]), (24, &json!(11), &json!(7), &json!(5)));
    assert_eq!(summed(&meters[0], "&value_grouping_window=day").await, [json!(23)]);
    let cancel = [("event_name", "sum"), ("type", "cancel"), ("cancel[identifier]", "sum1")];
    assert_eq!(sandbox.made("/v1/billing/meter_event_adjustments", &cancel).await["status"], "complete");
    assert_eq!(summed(&meters[0], "").await, [json!(16)]);
    for (name, identifier, value, at, status) in [
        ("sum", "sum0", "1", START, 400),
        ("none", "x", "1", START, 400),
        ("sum", "y", "much", START, 400),
        ("sum", "z", "1.5", START, 501),
        ("sum", "old", "1", START - 36 * 86_400, 400),
    ] {
        assert_eq!(report(name, identifier.to_owned(), value, at).await.0, status, "{identifier}");
    }
    let path = format!("/v1/billing/meters/{}", id(&meters[0]));
    assert_eq!(sandbox.made(&format!("{path}/deactivate"), &[]).await["status"], "inactive");
    assert_eq!(report("sum", "late".to_owned(), "1", START).await.0, 400);
    assert_eq!(sandbox.post(&format!("{path}/deactivate"), &[]).await.0, 400);
    assert_eq!(sandbox.made(&format!("{path}/reactivate"), &[]).await["status"], "active");
    sandbox.end().await;
}

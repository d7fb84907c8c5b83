//! Products and prices.

use serde_json::json;

use crate::started::{id, start};

#[tokio::test]
async fn what_was_made_is_found_by_search() {
    let sandbox = start().await;
    let (customer, subscription) = crate::subscriptions::subscribed(&sandbox).await;
    sandbox.made("/v1/products", &[("name", "Old"), ("active", "false")]).await;
    for (query, count) in [
        ("products/search?query=active:'true'", 1),
        ("products/search?query=name~'ol' OR active:'true'", 2),
        ("prices/search?query=currency:'usd' AND active:'false'", 0),
        ("subscriptions/search?query=status:'active'", 1),
        ("subscriptions/search?query=metadata['org']:'none'", 0),
        ("invoices/search?query=total>0 AND status:'paid'", 1),
        ("payment_intents/search?query=status:'succeeded'", 1),
    ] {
        let (status, found) = sandbox.get(&format!("/v1/{query}")).await;
        assert_eq!(status, 200, "{query}: {found}");
        assert_eq!(found["data"].as_array().unwrap().len(), count, "{query}: {found}");
    }
    let own = sandbox.get(&format!("/v1/invoices/search?query=customer:'{customer}'")).await.1;
    assert_eq!(own["data"][0]["id"], subscription["latest_invoice"]["id"]);
    assert_eq!(sandbox.get("/v1/prices/search?query=colour:'red'").await.0, 400);
    sandbox.end().await;
}

#[tokio::test]
async fn a_lookup_key_finds_one_price_and_moves_on_request() {
    let sandbox = start().await;
    let product = id(&sandbox.made("/v1/products", &[("name", "Pro"), ("metadata[plan]", "pro")]).await);
    let fields = [
        ("currency", "EUR"),
        ("unit_amount", "4900"),
        ("product", product.as_str()),
        ("lookup_key", "pro_monthly"),
        ("recurring[interval]", "month"),
    ];
    let old = sandbox.made("/v1/prices", &fields).await;
    assert_eq!((&old["currency"], &old["type"]), (&json!("eur"), &json!("recurring")));
    let path = "/v1/prices?lookup_keys[]=pro_monthly&expand[]=data.product";
    let found = sandbox.get(path).await.1;
    assert_eq!((&found["data"][0]["id"], &found["data"][0]["product"]["name"]), (&old["id"], &json!("Pro")));
    assert_eq!(sandbox.post("/v1/prices", &fields).await.0, 400);
    let mut moved = fields.to_vec();
    moved.push(("transfer_lookup_key", "true"));
    let new = sandbox.made("/v1/prices", &moved).await;
    let found = sandbox.get(path).await.1;
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
    assert_eq!(found["data"][0]["id"], new["id"]);
    let archived = sandbox.made(&format!("/v1/prices/{}", id(&old)), &[("active", "false")]).await;
    assert_eq!((&archived["active"], &archived["lookup_key"]), (&json!(false), &json!(null)));
    let active = sandbox.get(&format!("/v1/prices?active=true&product={product}")).await.1;
    assert_eq!(active["data"].as_array().unwrap().len(), 1);
    sandbox.end().await;
}

#[tokio::test]
async fn a_price_can_bring_its_product() {
    let sandbox = start().await;
    let fields = [("currency", "usd"), ("unit_amount", "500"), ("product_data[name]", "Extra")];
    let price = sandbox.made("/v1/prices", &fields).await;
    let product = sandbox.get(&format!("/v1/products/{}", price["product"].as_str().unwrap())).await.1;
    assert_eq!(product["name"], "Extra");
    let path = format!("/v1/products/{}", id(&product));
    let changed = sandbox.made(&path, &[("default_price", &id(&price)), ("active", "false")]).await;
    assert_eq!((&changed["default_price"], &changed["active"]), (&price["id"], &json!(false)));
    assert_eq!(sandbox.get("/v1/products?active=true").await.1["data"], json!([]));
    assert_eq!(sandbox.post("/v1/prices", &[("currency", "usd"), ("unit_amount", "1")]).await.0, 400);
    assert_eq!(sandbox.post("/v1/prices", &[("currency", "usd"), ("product_data[name]", "x")]).await.0, 400);
    sandbox.end().await;
}

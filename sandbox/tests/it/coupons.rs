//! Coupons and promotion codes, apart from what they take off.

use serde_json::json;

use crate::started::{id, start};

#[tokio::test]
async fn a_coupon_is_worth_one_thing_for_one_time() {
    let sandbox = start().await;
    let coupon =
        sandbox.made("/v1/coupons", &[("percent_off", "12.345"), ("id", "SPRING-1"), ("name", "Spring")]).await;
    assert_eq!(
        (&coupon["percent_off"], &coupon["duration"], &coupon["valid"]),
        (&json!(12.35), &json!("once"), &json!(true))
    );
    for (fields, param) in [
        (vec![("percent_off", "0")], "percent_off"),
        (vec![("percent_off", "101")], "percent_off"),
        (vec![("percent_off", "5"), ("amount_off", "5"), ("currency", "eur")], "percent_off"),
        (vec![("amount_off", "5")], "currency"),
        (vec![("amount_off", "0"), ("currency", "eur")], "amount_off"),
        (vec![("percent_off", "5"), ("duration", "repeating")], "duration_in_months"),
        (vec![("percent_off", "5"), ("duration_in_months", "3")], "duration_in_months"),
        (vec![("percent_off", "5"), ("redeem_by", "1")], "redeem_by"),
        (vec![("percent_off", "5"), ("id", "a b")], "id"),
        (vec![("percent_off", "5"), ("id", "SPRING-1")], "id"),
        (vec![("percent_off", "5"), ("applies_to[products][0]", "prod_x")], "applies_to[products][0]"),
    ] {
        let (status, refused) = sandbox.post("/v1/coupons", &fields).await;
        assert_eq!((status.as_u16(), &refused["error"]["param"]), (400, &json!(param)), "{fields:?} {refused}");
    }
    let until = (crate::started::START + 60).to_string();
    let short = sandbox.made("/v1/coupons", &[("amount_off", "500"), ("currency", "EUR"), ("redeem_by", &until)]).await;
    assert_eq!((&short["currency"], &short["valid"]), (&json!("eur"), &json!(true)));
    sandbox.clock.advance(60);
    assert_eq!(sandbox.get(&format!("/v1/coupons/{}", id(&short))).await.1["valid"], false);
    let renamed = sandbox.made("/v1/coupons/SPRING-1", &[("name", "Summer"), ("metadata[a]", "b")]).await;
    assert_eq!((&renamed["name"], &renamed["metadata"]["a"]), (&json!("Summer"), &json!("b")));
    assert_eq!(sandbox.delete("/v1/coupons/SPRING-1").await.1["deleted"], true);
    assert_eq!(sandbox.get("/v1/coupons/SPRING-1").await.0, 404);
    let events = sandbox.get("/v1/events?type=coupon.*").await.1;
    let kinds: Vec<_> = events["data"].as_array().unwrap().iter().map(|event| event["type"].clone()).collect();
    assert_eq!(kinds, ["coupon.deleted", "coupon.updated", "coupon.created", "coupon.created"]);
    assert_eq!(events["data"][1]["data"]["previous_attributes"], json!({"name": "Spring", "metadata": {"a": null}}));
    sandbox.end().await;
}

#[tokio::test]
async fn an_active_code_is_the_only_one_of_its_name() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    let coupon = id(&sandbox.made("/v1/coupons", &[("percent_off", "10"), ("max_redemptions", "5")]).await);
    let fields = |code: &'static str| {
        vec![("promotion[type]", "coupon"), ("promotion[coupon]", coupon.as_str()), ("code", code)]
    };
    let made = sandbox.made("/v1/promotion_codes", &fields("Spring10")).await;
    assert_eq!((&made["active"], &made["promotion"]["coupon"]), (&json!(true), &json!(coupon)));
    let (status, refused) = sandbox.post("/v1/promotion_codes", &fields("SPRING10")).await;
    assert_eq!((status.as_u16(), &refused["error"]["code"]), (400, &json!("resource_already_exists")));
    for (extra, param) in [
        (("max_redemptions", "6"), "max_redemptions"),
        (("expires_at", "1"), "expires_at"),
        (("restrictions[minimum_amount]", "100"), "restrictions[minimum_amount_currency]"),
        (("customer", "cus_x"), "customer"),
        (("promotion[coupon]", "none"), "promotion[coupon]"),
    ] {
        let mut asked = fields("OTHER");
        asked.retain(|field| field.0 != extra.0);
        asked.push(extra);
        let (status, refused) = sandbox.post("/v1/promotion_codes", &asked).await;
        assert_eq!((status.as_u16(), &refused["error"]["param"]), (400, &json!(param)), "{refused}");
    }
    let mut own = fields("MINE");
    own.push(("customer", customer.as_str()));
    let own = sandbox.made("/v1/promotion_codes", &own).await;
    let path = format!("/v1/promotion_codes?customer={customer}");
    assert_eq!(sandbox.get(&path).await.1["data"][0]["id"], own["id"]);
    assert_eq!(sandbox.get("/v1/promotion_codes?code=spring10").await.1["data"][0]["id"], made["id"]);
    let expand = format!("/v1/promotion_codes/{}?expand[]=promotion.coupon", id(&made));
    assert_eq!(sandbox.get(&expand).await.1["promotion"]["coupon"]["percent_off"], 10.0);
    sandbox.made(&format!("/v1/promotion_codes/{}", id(&made)), &[("active", "false")]).await;
    sandbox.made("/v1/promotion_codes", &fields("SPRING10")).await;
    sandbox.delete(&format!("/v1/coupons/{coupon}")).await;
    assert_eq!(sandbox.get("/v1/promotion_codes?active=true").await.1["data"], json!([]));
    sandbox.end().await;
}

//! Coupons and promotion codes on what is billed. Amounts worked out by hand.

use serde_json::json;

use crate::billing::{DAY, HOUR, MONTH, amounts, item};
use crate::started::{Fields, START, Started, id, start};

const WORKS: &str = "pm_card_visa";

impl Started {
    async fn coupon(&self, fields: Fields<'_>) -> String {
        id(&self.made("/v1/coupons", fields).await)
    }
}

#[tokio::test]
async fn a_coupon_lowers_as_many_invoices_as_it_lasts() {
    // Percent off of 49.99 is 12.50 rounded up from 12.4975.
    let table: [(Fields<'_>, [i64; 4]); 4] = [
        (&[("percent_off", "25"), ("duration", "once")], [3749, 4999, 4999, 4999]),
        (&[("percent_off", "25"), ("duration", "forever")], [3749, 3749, 3749, 3749]),
        (
            &[("amount_off", "2000"), ("currency", "eur"), ("duration", "repeating"), ("duration_in_months", "2")],
            [2999, 2999, 4999, 4999],
        ),
        (&[("amount_off", "9000"), ("currency", "eur"), ("duration", "once")], [0, 4999, 4999, 4999]),
    ];
    for (fields, totals) in table {
        let sandbox = start().await;
        let acme = sandbox.on_clock(WORKS).await;
        let coupon = sandbox.coupon(fields).await;
        let price = sandbox.price(4999, "month").await;
        let subscription = acme.subscribe(&price, &[("discounts[0][coupon]", &coupon)]).await;
        acme.advance(START + 95 * DAY).await;
        let invoices = acme.invoices().await;
        let found: Vec<i64> = invoices.iter().map(|invoice| invoice["total"].as_i64().unwrap()).collect();
        assert_eq!(found, totals, "{fields:?}");
        let first = &invoices[0];
        let off = 4999 - totals[0];
        assert_eq!((&first["subtotal"], amounts(first)), (&json!(4999), vec![4999]));
        assert_eq!(first["total_discount_amounts"][0]["amount"], off);
        let of_line = &first["lines"]["data"][0]["discount_amounts"][0];
        assert_eq!((&of_line["amount"], &of_line["discount"]), (&json!(off), &first["discounts"][0]));
        let left = acme.now(&subscription).await["discounts"].as_array().unwrap().len();
        assert_eq!(left, usize::from(totals[3] < 4999), "{fields:?}");
        assert_eq!(sandbox.get(&format!("/v1/coupons/{coupon}")).await.1["times_redeemed"], 1);
        assert_eq!(sandbox.events("customer.discount.created").await.len(), 1);
        assert_eq!(sandbox.events("customer.discount.deleted").await.len(), 1 - left);
        sandbox.end().await;
    }
}

#[tokio::test]
async fn an_amount_off_is_split_over_the_lines_without_a_rest() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let coupon = sandbox.coupon(&[("amount_off", "1000"), ("currency", "eur"), ("duration", "once")]).await;
    let (one, two, three) =
        (sandbox.price(1000, "month").await, sandbox.price(1001, "month").await, sandbox.price(999, "month").await);
    let fields = [("items[1][price]", two.as_str()), ("items[2][price]", &three), ("discounts[0][coupon]", &coupon)];
    acme.subscribe(&one, &fields).await;
    let invoice = acme.invoices().await.pop().unwrap();
    let lines = invoice["lines"]["data"].as_array().unwrap();
    let off: Vec<_> = lines.iter().map(|line| line["discount_amounts"][0]["amount"].as_i64().unwrap()).collect();
    // 333.3, 333.7, 333.0: what is left goes to the first.
    assert_eq!(off, [334, 333, 333]);
    assert_eq!(invoice["total"], 2000);
    sandbox.end().await;
}

#[tokio::test]
async fn two_discounts_apply_one_after_the_other() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let half = sandbox.coupon(&[("percent_off", "50"), ("duration", "once")]).await;
    let fixed = sandbox.coupon(&[("amount_off", "1000"), ("currency", "eur"), ("duration", "once")]).await;
    let price = sandbox.price(5000, "month").await;
    let fields = [("discounts[0][coupon]", half.as_str()), ("discounts[1][coupon]", &fixed)];
    acme.subscribe(&price, &fields).await;
    let invoice = acme.invoices().await.pop().unwrap();
    assert_eq!(invoice["total"], 1500);
    let rows: Vec<_> = invoice["total_discount_amounts"].as_array().unwrap().iter().map(|row| &row["amount"]).collect();
    assert_eq!(rows, [&json!(2500), &json!(1000)]);
    sandbox.end().await;
}

#[tokio::test]
async fn prorations_are_about_what_was_paid() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let half = sandbox.coupon(&[("percent_off", "50"), ("duration", "forever")]).await;
    let (cheap, dear) = (sandbox.price(1000, "month").await, sandbox.price(3000, "month").await);
    let subscription = acme.subscribe(&cheap, &[("discounts[0][coupon]", &half)]).await;
    acme.advance(START + 15 * DAY).await;
    let fields =
        [("items[0][id]", &*item(&subscription)), ("items[0][price]", &dear), ("proration_behavior", "always_invoice")];
    acme.update(&subscription, &fields).await;
    let invoice = acme.invoices().await.pop().unwrap();
    // 5.00 and 15.00 for the month after the discount, of which half is left.
    assert_eq!((amounts(&invoice), &invoice["total"]), (vec![-250, 750], &json!(500)));
    acme.advance(MONTH + HOUR).await;
    assert_eq!(acme.invoices().await.pop().unwrap()["total"], 1500);
    sandbox.end().await;
}

#[tokio::test]
async fn a_promotion_code_is_checked_and_counted() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let coupon = sandbox.coupon(&[("percent_off", "10"), ("duration", "once")]).await;
    let price = sandbox.price(1000, "month").await;
    let fields = [
        ("promotion[type]", "coupon"),
        ("promotion[coupon]", coupon.as_str()),
        ("code", "TEN"),
        ("max_redemptions", "1"),
    ];
    let code = id(&sandbox.made("/v1/promotion_codes", &fields).await);
    let subscription = acme.subscribe(&price, &[("discounts[0][promotion_code]", &code)]).await;
    assert_eq!(acme.invoices().await[0]["total"], 900);
    let discount = sandbox.events("customer.discount.created").await.pop().unwrap();
    assert_eq!(discount["data"]["object"]["promotion_code"], json!(code));
    assert_eq!(discount["data"]["object"]["subscription"], subscription["id"]);
    let other = sandbox.on_clock(WORKS).await;
    let again =
        [("customer", other.customer.as_str()), ("items[0][price]", &price), ("discounts[0][promotion_code]", &code)];
    assert_eq!(sandbox.post("/v1/subscriptions", &again).await.0, 400, "used up");
    assert_eq!(other.invoices().await.len(), 0);
    sandbox.end().await;
}

#[tokio::test]
async fn a_coupon_for_one_product_leaves_the_others() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let (one, two) = (sandbox.price(1000, "month").await, sandbox.price(2000, "month").await);
    let product = sandbox.get(&format!("/v1/prices/{one}")).await.1["product"].as_str().unwrap().to_owned();
    let fields = [("percent_off", "100"), ("duration", "forever"), ("applies_to[products][0]", &product)];
    let coupon = sandbox.coupon(&fields).await;
    let subscription = acme.subscribe(&one, &[("items[1][price]", &two)]).await;
    assert_eq!(acme.invoices().await[0]["total"], 3000);
    acme.update(&subscription, &[("discounts[0][coupon]", &coupon)]).await;
    acme.advance(MONTH + HOUR).await;
    assert_eq!(acme.invoices().await.pop().unwrap()["total"], 2000);
    let gone = sandbox.delete(&format!("/v1/subscriptions/{}/discount", id(&subscription))).await.1;
    assert_eq!((&gone["object"], &gone["deleted"]), (&json!("discount"), &json!(true)));
    acme.advance(MONTH + 31 * DAY + HOUR).await;
    assert_eq!(acme.invoices().await.pop().unwrap()["total"], 3000);
    sandbox.end().await;
}

#[tokio::test]
async fn a_discount_outlives_its_coupon() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let terms = [("percent_off", "50"), ("duration", "repeating"), ("duration_in_months", "2"), ("id", "HALF")];
    sandbox.coupon(&terms).await;
    let price = sandbox.price(1000, "month").await;
    acme.subscribe(&price, &[("discounts[0][coupon]", "HALF")]).await;
    sandbox.delete("/v1/coupons/HALF").await;
    // Another one of the same name means nothing to it.
    sandbox.coupon(&[("percent_off", "10"), ("duration", "forever"), ("id", "HALF")]).await;
    acme.advance(START + 65 * DAY).await;
    let totals: Vec<i64> = acme.totals().await.iter().map(|row| row.2).collect();
    assert_eq!(totals, [500, 500, 1000]);
    let other = sandbox.on_clock(WORKS).await;
    other.subscribe(&price, &[("discounts[0][coupon]", "HALF")]).await;
    assert_eq!(other.totals().await[0].2, 900);
    sandbox.end().await;
}

#[tokio::test]
async fn once_is_one_invoice() {
    // Behaviour, coupon, what the change is over, what the next two renewals are over.
    let ten: Fields<'_> = &[("amount_off", "1000"), ("currency", "eur"), ("duration", "once")];
    let half: Fields<'_> = &[("percent_off", "50"), ("duration", "once")];
    let table = [
        // 15 of 30 days: 500 back of 1000, 1500 for 3000.
        ("always_invoice", half, Some([-500, 750]), [3000, 3000]),
        ("always_invoice", ten, Some([-500, 500]), [3000, 3000]),
        ("create_prorations", half, None, [2500, 3000]),
        ("create_prorations", ten, None, [3000, 3000]),
        ("none", half, None, [1500, 3000]),
    ];
    for (behavior, coupon, now, renewals) in table {
        let sandbox = start().await;
        let acme = sandbox.on_clock(WORKS).await;
        let coupon = sandbox.coupon(coupon).await;
        let (cheap, dear) = (sandbox.price(1000, "month").await, sandbox.price(3000, "month").await);
        let subscription = acme.subscribe(&cheap, &[]).await;
        acme.advance(START + 15 * DAY).await;
        let fields = [
            ("items[0][id]", &*item(&subscription)),
            ("items[0][price]", &dear),
            ("discounts[0][coupon]", &coupon),
            ("proration_behavior", behavior),
        ];
        let changed = acme.update(&subscription, &fields).await;
        assert_eq!(changed["discounts"].as_array().unwrap().len(), usize::from(now.is_none()), "{behavior}");
        if let Some(now) = now {
            assert_eq!(amounts(&acme.invoices().await.pop().unwrap()), now, "{behavior}");
            assert_eq!(sandbox.events("customer.discount.deleted").await.len(), 1);
        }
        acme.advance(MONTH + 31 * DAY + HOUR).await;
        let totals: Vec<i64> = acme.totals().await.iter().map(|row| row.2).collect();
        assert_eq!(totals[totals.len() - 2..], renewals, "{behavior} {coupon}");
        sandbox.end().await;
    }
}

#[tokio::test]
async fn once_is_spent_by_loose_items_that_are_invoiced_at_once() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let coupon = sandbox.coupon(&[("percent_off", "50"), ("duration", "once")]).await;
    let price = sandbox.price(1000, "month").await;
    let subscription = acme.subscribe(&price, &[]).await;
    acme.update(&subscription, &[("discounts[0][coupon]", &coupon)]).await;
    let loose = [("customer", acme.customer.as_str()), ("amount", "200"), ("currency", "eur")];
    sandbox.made("/v1/invoiceitems", &loose).await;
    let fields = [
        ("items[0][id]", &*item(&subscription)),
        ("items[0][quantity]", "1"),
        ("proration_behavior", "always_invoice"),
    ];
    acme.update(&subscription, &fields).await;
    acme.advance(MONTH + HOUR).await;
    let totals: Vec<i64> = acme.totals().await.iter().map(|row| row.2).collect();
    assert_eq!(totals, [1000, 100, 1000]);
    sandbox.end().await;
}

#[tokio::test]
async fn a_discount_is_used_where_it_is() {
    let sandbox = start().await;
    let (acme, other) = (sandbox.on_clock(WORKS).await, sandbox.on_clock(WORKS).await);
    let coupon = sandbox.coupon(&[("percent_off", "50"), ("duration", "forever")]).await;
    let once = sandbox.coupon(&[("percent_off", "50"), ("duration", "once")]).await;
    let price = sandbox.price(1000, "month").await;
    let theirs = other.subscribe(&price, &[("discounts[0][coupon]", &coupon)]).await;
    let theirs = theirs["discounts"][0].as_str().unwrap();
    let subscription = acme.subscribe(&price, &[("discounts[0][coupon]", &once)]).await;
    let spent = acme.invoices().await[0]["discounts"][0].as_str().unwrap().to_owned();
    let path = format!("/v1/subscriptions/{}", id(&subscription));
    let new = [("customer", acme.customer.as_str()), ("items[0][price]", &price)];
    let bare = [("customer", acme.customer.as_str()), ("currency", "eur")];
    for foreign in [theirs, &spent] {
        let named = [("discounts[0][discount]", foreign)];
        for (path, fields) in [
            (&*path, vec![]),
            ("/v1/subscriptions", new.to_vec()),
            ("/v1/invoices", bare.to_vec()),
            ("/v1/invoices/create_preview", vec![("subscription", &*id(&subscription))]),
        ] {
            let fields = [fields.as_slice(), &named].concat();
            let (status, refused) = sandbox.post(path, &fields).await;
            let code = &refused["error"]["code"];
            assert_eq!((status.as_u16(), code), (400, &json!("resource_missing")), "{path} {refused}");
        }
    }
    // Its own goes on, once.
    let own = acme.update(&subscription, &[("discounts[0][coupon]", &coupon)]).await["discounts"][0].clone();
    let own = own.as_str().unwrap();
    let kept = acme.update(&subscription, &[("discounts[0][discount]", own)]).await;
    assert_eq!(kept["discounts"], json!([own]));
    let twice = [("discounts[0][discount]", own), ("discounts[1][discount]", own)];
    assert_eq!(sandbox.post(&path, &twice).await.0, 400);
    sandbox.end().await;
}

#[tokio::test]
async fn an_amount_off_is_of_one_currency() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let price = sandbox.price(1000, "month").await;
    let subscription = acme.subscribe(&price, &[]).await;
    let dollars = sandbox.coupon(&[("amount_off", "500"), ("currency", "usd"), ("duration", "forever")]).await;
    let fields = [("promotion[type]", "coupon"), ("promotion[coupon]", &*dollars), ("code", "DOLLARS")];
    let code = id(&sandbox.made("/v1/promotion_codes", &fields).await);
    let path = format!("/v1/subscriptions/{}", id(&subscription));
    let of = [("customer", acme.customer.as_str())];
    for asked in [("discounts[0][coupon]", &*dollars), ("discounts[0][promotion_code]", &code)] {
        for (path, fields) in [
            (&*path, vec![]),
            ("/v1/subscriptions", vec![of[0], ("items[0][price]", &*price)]),
            ("/v1/invoices", vec![of[0], ("currency", "eur")]),
            (
                "/v1/checkout/sessions",
                vec![
                    of[0],
                    ("mode", "subscription"),
                    ("line_items[0][price]", &*price),
                    ("line_items[0][quantity]", "1"),
                    ("success_url", "https://example.test/"),
                ],
            ),
        ] {
            let fields = [fields.as_slice(), &[asked]].concat();
            let (status, refused) = sandbox.post(path, &fields).await;
            assert_eq!(status.as_u16(), 400, "{path} {asked:?} {refused}");
            assert!(refused["error"]["param"].as_str().unwrap().starts_with("discounts"), "{refused}");
        }
    }
    assert_eq!(sandbox.get(&format!("/v1/coupons/{dollars}")).await.1["times_redeemed"], 0);
    sandbox.end().await;
}

#[tokio::test]
async fn a_promotion_code_may_want_enough_to_be_bought() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let price = sandbox.price(1000, "month").await;
    let coupon = sandbox.coupon(&[("percent_off", "10"), ("duration", "forever")]).await;
    let code = |text: &'static str, currency: &'static str| {
        vec![
            ("promotion[type]", "coupon"),
            ("promotion[coupon]", coupon.as_str()),
            ("code", text),
            ("restrictions[minimum_amount]", "3000"),
            ("restrictions[minimum_amount_currency]", currency),
        ]
    };
    let euros = id(&sandbox.made("/v1/promotion_codes", &code("THREE", "eur")).await);
    let dollars = id(&sandbox.made("/v1/promotion_codes", &code("DOLLARS", "usd")).await);
    let asked = |quantity: &'static str, code: &str| {
        let line = [("items[0][price]", price.clone()), ("items[0][quantity]", quantity.to_owned())];
        let more = [("customer", acme.customer.clone()), ("discounts[0][promotion_code]", code.to_owned())];
        line.into_iter().chain(more).collect::<Vec<_>>()
    };
    for (quantity, code, status) in [("2", &euros, 400), ("3", &dollars, 400), ("3", &euros, 200)] {
        let fields = asked(quantity, code);
        let fields: Vec<_> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let (answered, body) = sandbox.post("/v1/subscriptions", &fields).await;
        assert_eq!(answered.as_u16(), status, "{quantity} {body}");
    }
    assert_eq!(acme.invoices().await[0]["total"], 2700);
    // A plan that runs: what it is changed to counts.
    let running = acme.subscribe(&price, &[]).await;
    let (path, item) = (format!("/v1/subscriptions/{}", id(&running)), running["items"]["data"][0]["id"].to_string());
    let item = item.trim_matches('"');
    for (quantity, status) in [("2", 400), ("4", 200)] {
        let fields =
            [("items[0][id]", item), ("items[0][quantity]", quantity), ("discounts[0][promotion_code]", &euros)];
        assert_eq!(sandbox.post(&path, &fields).await.0.as_u16(), status, "{quantity}");
    }
    let of_invoice = [("customer", acme.customer.as_str()), ("discounts[0][promotion_code]", &euros)];
    assert_eq!(sandbox.post("/v1/invoices", &of_invoice).await.0.as_u16(), 501, "not known yet what it comes to");
    sandbox.end().await;
}

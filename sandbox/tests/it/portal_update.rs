//! Changing the plan in the portal: what is shown is what is billed.

use serde_json::{Value, json};

use crate::browser::{Page, fetched};
use crate::portal_acts::ALL_ON;
use crate::started::{Started, id, start};
use crate::subscriptions::subscribed;

const DAY: i64 = 86_400;

struct Changing {
    customer: String,
    subscription: String,
    portal: String,
    yearly: String,
    team: String,
    old: String,
}

impl Changing {
    fn page(&self, page: &str) -> String {
        format!("{}/subscriptions/{}/{page}", self.portal, self.subscription)
    }

    fn confirm(&self, price: &str, quantity: &str) -> String {
        format!("{}?price={price}&quantity={quantity}", self.page("confirm"))
    }
}

/// A subscriber whose portal offers a dearer plan and the same one by the year.
async fn changing(sandbox: &Started, proration: &str) -> Changing {
    let (customer, subscription) = subscribed(sandbox).await;
    let old = subscription["items"]["data"][0]["price"].clone();
    let product = old["product"].as_str().unwrap();
    let fields = [("currency", "eur"), ("unit_amount", "49000"), ("product", product), ("recurring[interval]", "year")];
    let yearly = id(&sandbox.made("/v1/prices", &fields).await);
    let team = sandbox.priced("Team", "9900", Some("month")).await;
    let of_team = sandbox.get(&format!("/v1/prices/{team}")).await.1["product"].as_str().unwrap().to_owned();
    let old = id(&old);
    let mut fields = ALL_ON.to_vec();
    fields.extend([
        ("features[subscription_update][enabled]", "true"),
        ("features[subscription_update][proration_behavior]", proration),
        ("features[subscription_update][default_allowed_updates][0]", "price"),
        ("features[subscription_update][default_allowed_updates][1]", "quantity"),
        ("features[subscription_update][products][0][product]", product),
        ("features[subscription_update][products][0][prices][0]", old.as_str()),
        ("features[subscription_update][products][0][prices][1]", yearly.as_str()),
        ("features[subscription_update][products][0][adjustable_quantity][enabled]", "true"),
        ("features[subscription_update][products][0][adjustable_quantity][maximum]", "9"),
        ("features[subscription_update][products][1][product]", of_team.as_str()),
        ("features[subscription_update][products][1][prices][0]", team.as_str()),
    ]);
    let configuration = sandbox.configuration(&fields).await;
    let portal = sandbox.portal(&customer, &configuration, &[]).await;
    Changing { customer, subscription: id(&subscription), portal, yearly, team, old }
}

async fn confirmed(sandbox: &Started, changing: &Changing, shown: &Page) -> Page {
    let (price, quantity, from) = (shown.hidden("price"), shown.hidden("quantity"), shown.hidden("from"));
    let fields = [("price", price.as_str()), ("quantity", &quantity), ("from", &from), ("act", "confirm")];
    sandbox.send_with(&shown.hidden("token"), &changing.page("confirm"), &fields).await
}

async fn latest_invoice(sandbox: &Started, changing: &Changing) -> Value {
    let subscription = sandbox.subscription(&changing.subscription).await;
    sandbox.get(&format!("/v1/invoices/{}", subscription["latest_invoice"].as_str().unwrap())).await.1
}

fn euros(invoice: &Value, key: &str) -> String {
    let cents = invoice[key].as_i64().unwrap();
    format!("{}.{:02} EUR", cents / 100, cents % 100)
}

#[tokio::test]
async fn the_amount_that_was_shown_is_the_amount_that_is_billed() {
    let sandbox = start().await;
    for (which, quantity, days, wait) in
        [("team", "2", 7, 0), ("team", "2", 13, 1999), ("yearly", "2", 3, 61), ("old", "5", 11, 5)]
    {
        let changing = changing(&sandbox, "always_invoice").await;
        let price = match which {
            "team" => changing.team.clone(),
            "yearly" => changing.yearly.clone(),
            _ => changing.old.clone(),
        };
        sandbox.clock.advance(days * DAY);
        let portal = sandbox.page(&changing.portal).await;
        // The address of the session was opened too late: a new one is made.
        assert_eq!(portal.status, 410);
        let session = [("customer", changing.customer.as_str())];
        let configuration = sandbox.get("/v1/billing_portal/configurations?is_default=false").await.1;
        let portal = sandbox.portal(session[0].1, configuration["data"][0]["id"].as_str().unwrap(), &[]).await;
        let changing = Changing { portal, ..changing };
        let shown = sandbox.page(&changing.confirm(&price, quantity)).await;
        assert_eq!(shown.status, 200, "{which}: {}", shown.html);
        let due = shown.text("due-today");
        sandbox.clock.advance(wait);
        let sent = confirmed(&sandbox, &changing, &shown).await;
        assert_eq!(sent.status, 303, "{which}: {}", sent.html);
        let invoice = latest_invoice(&sandbox, &changing).await;
        assert_eq!((euros(&invoice, "amount_due"), &invoice["status"]), (due, &json!("paid")), "{which}");
        let item = sandbox.subscription(&changing.subscription).await["items"]["data"][0].clone();
        assert_eq!((&item["price"]["id"], item["quantity"].to_string()), (&json!(price), quantity.to_owned()));
    }
    sandbox.end().await;
}

#[tokio::test]
async fn confirming_twice_changes_once() {
    let sandbox = start().await;
    let changing = changing(&sandbox, "always_invoice").await;
    let shown = sandbox.page(&changing.confirm(&changing.team, "2")).await;
    assert_eq!(confirmed(&sandbox, &changing, &shown).await.status, 303);
    let first = latest_invoice(&sandbox, &changing).await;
    assert_eq!(confirmed(&sandbox, &changing, &shown).await.status, 303);
    assert_eq!(latest_invoice(&sandbox, &changing).await["id"], first["id"]);
    sandbox.end().await;
}

#[tokio::test]
async fn only_what_is_offered_can_be_chosen() {
    let sandbox = start().await;
    let changing = changing(&sandbox, "always_invoice").await;
    let hidden = sandbox.priced("Secret deal", "1", Some("month")).await;
    let choices = sandbox.page(&changing.page("update")).await;
    assert_eq!(choices.shown("plan-choice").len(), 3);
    assert!(!choices.has(&hidden));
    let token = sandbox.page(&changing.confirm(&changing.team, "2")).await.hidden("token");
    let now = sandbox.clock_now();
    for (price, quantity) in
        [(&hidden, "2"), (&changing.old, "10"), (&changing.old, "0"), (&changing.old, "-1"), (&changing.team, "3")]
    {
        assert_eq!(sandbox.page(&changing.confirm(price, quantity)).await.status, 422, "{price} {quantity}");
        let fields = [("price", price.as_str()), ("quantity", quantity), ("from", &now), ("act", "confirm")];
        let sent = sandbox.send_with(&token, &changing.page("confirm"), &fields).await;
        assert_eq!(sent.status, 422, "{price} {quantity}");
    }
    let item = sandbox.subscription(&changing.subscription).await["items"]["data"][0].clone();
    assert_eq!((&item["price"]["id"], &item["quantity"]), (&json!(changing.old), &json!(2)));
    sandbox.end().await;
}

impl Started {
    fn clock_now(&self) -> String {
        use sandbox::clock::Clock;
        self.clock.now().to_string()
    }
}

#[tokio::test]
async fn an_old_price_is_worked_out_again_before_it_counts() {
    let sandbox = start().await;
    let changing = changing(&sandbox, "always_invoice").await;
    sandbox.page(&changing.portal).await;
    let shown = sandbox.page(&changing.confirm(&changing.team, "2")).await;
    sandbox.clock.advance(3599);
    let fields = [("price", changing.team.as_str()), ("quantity", "2"), ("from", "1795219199"), ("act", "confirm")];
    let sent = sandbox.send_with(&shown.hidden("token"), &changing.page("confirm"), &fields).await;
    assert_eq!(sent.status, 409);
    assert!(sent.has("worked out again"));
    assert_eq!(sandbox.subscription(&changing.subscription).await["items"]["data"][0]["price"]["id"], changing.old);
    sandbox.end().await;
}

#[tokio::test]
async fn a_card_that_refuses_changes_nothing() {
    let sandbox = start().await;
    let changing = changing(&sandbox, "always_invoice").await;
    sandbox.clock.advance(60);
    let attach = [("customer", changing.customer.as_str())];
    let card = sandbox.made("/v1/payment_methods/pm_card_chargeCustomerFail/attach", &attach).await;
    let path = format!("/v1/subscriptions/{}", changing.subscription);
    let before = sandbox.made(&path, &[("default_payment_method", &id(&card))]).await;
    let shown = sandbox.page(&changing.confirm(&changing.team, "2")).await;
    let sent = confirmed(&sandbox, &changing, &shown).await;
    assert_eq!(sent.status, 402);
    assert!(sent.text("form-error").contains("declined"));
    assert_eq!(sandbox.subscription(&changing.subscription).await, before);
    sandbox.end().await;
}

#[tokio::test]
async fn a_bank_that_asks_is_answered_before_the_change() {
    let sandbox = start().await;
    let changing = changing(&sandbox, "always_invoice").await;
    sandbox.clock.advance(60);
    let attach = [("customer", changing.customer.as_str())];
    let card = sandbox.made("/v1/payment_methods/pm_card_authenticationRequired/attach", &attach).await;
    let path = format!("/v1/subscriptions/{}", changing.subscription);
    let before = sandbox.made(&path, &[("default_payment_method", &id(&card))]).await;
    let shown = sandbox.page(&changing.confirm(&changing.team, "2")).await;
    let asked = confirmed(&sandbox, &changing, &shown).await;
    assert_eq!((asked.status.as_u16(), asked.shown("authenticate").len()), (200, 1), "{}", asked.html);
    assert_eq!(sandbox.subscription(&changing.subscription).await, before);
    let from = asked.hidden("from");
    for (act, status) in [("fail", 402), ("complete", 303)] {
        let fields = [("price", changing.team.as_str()), ("quantity", "2"), ("from", &from), ("act", act)];
        let sent = sandbox.send_with(&asked.hidden("token"), &changing.page("confirm"), &fields).await;
        assert_eq!(sent.status, status, "{act}: {}", sent.html);
    }
    assert_eq!(latest_invoice(&sandbox, &changing).await["status"], "paid");
    assert_eq!(sandbox.subscription(&changing.subscription).await["items"]["data"][0]["price"]["id"], changing.team);
    sandbox.end().await;
}

#[tokio::test]
async fn a_flow_confirms_the_change_it_was_made_for() {
    let sandbox = start().await;
    let changing = changing(&sandbox, "always_invoice").await;
    let item = id(&sandbox.subscription(&changing.subscription).await["items"]["data"][0]);
    let configuration = sandbox.get("/v1/billing_portal/configurations?is_default=false").await.1;
    let flow = [
        ("flow_data[type]", "subscription_update_confirm"),
        ("flow_data[subscription_update_confirm][subscription]", changing.subscription.as_str()),
        ("flow_data[subscription_update_confirm][items][0][id]", item.as_str()),
        ("flow_data[subscription_update_confirm][items][0][price]", changing.team.as_str()),
        ("flow_data[subscription_update_confirm][items][0][quantity]", "3"),
        ("flow_data[after_completion][type]", "redirect"),
        ("flow_data[after_completion][redirect][return_url]", "http://127.0.0.1:3000/after"),
    ];
    let portal = sandbox.portal(&changing.customer, configuration["data"][0]["id"].as_str().unwrap(), &flow).await;
    let changing = Changing { portal, ..changing };
    let shown = sandbox.page(&changing.page("confirm")).await;
    let due = shown.text("due-today");
    let sent = confirmed(&sandbox, &changing, &shown).await;
    assert_eq!((sent.status.as_u16(), sent.location.as_deref()), (303, Some("http://127.0.0.1:3000/after")));
    assert_eq!(euros(&latest_invoice(&sandbox, &changing).await, "amount_due"), due);
    let now = sandbox.subscription(&changing.subscription).await["items"]["data"][0].clone();
    assert_eq!((&now["price"]["id"], &now["quantity"]), (&json!(changing.team), &json!(3)));
    sandbox.end().await;
}

#[tokio::test]
async fn a_promotion_code_lowers_a_change_where_codes_are_taken() {
    let sandbox = start().await;
    let changing = changing(&sandbox, "always_invoice").await;
    let coupon = id(&sandbox.made("/v1/coupons", &[("percent_off", "20"), ("duration", "forever")]).await);
    let of = [("promotion[type]", "coupon"), ("promotion[coupon]", coupon.as_str()), ("code", "FRIEND")];
    sandbox.made("/v1/promotion_codes", &of).await;
    let configuration = sandbox.get("/v1/billing_portal/configurations?is_default=false").await.1;
    let path = format!("/v1/billing_portal/configurations/{}", id(&configuration["data"][0]));
    assert!(!sandbox.page(&changing.confirm(&changing.team, "2")).await.has("name=\"code\""));
    let fields: Vec<(String, &str)> = ["price", "quantity", "promotion_code"]
        .iter()
        .enumerate()
        .map(|(place, what)| (format!("features[subscription_update][default_allowed_updates][{place}]"), *what))
        .collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    sandbox.made(&path, &fields).await;
    let full = sandbox.page(&changing.confirm(&changing.yearly, "2")).await.text("due-today");
    let wrong = sandbox.page(&format!("{}&code=NOSUCH", changing.confirm(&changing.yearly, "2"))).await;
    assert_eq!(wrong.status, 422);
    let shown = sandbox.page(&format!("{}&code=friend", changing.confirm(&changing.yearly, "2"))).await;
    let due = shown.text("due-today");
    assert_ne!(due, full);
    let (from, code) = (shown.hidden("from"), "friend");
    let fields =
        [("price", changing.yearly.as_str()), ("quantity", "2"), ("from", &from), ("code", code), ("act", "confirm")];
    let sent = sandbox.send_with(&shown.hidden("token"), &changing.page("confirm"), &fields).await;
    assert_eq!(sent.status, 303, "{}", sent.html);
    assert_eq!(euros(&latest_invoice(&sandbox, &changing).await, "amount_due"), due);
    sandbox.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tabs_that_confirm_at_the_same_moment_change_once() {
    let sandbox = start().await;
    let changing = changing(&sandbox, "always_invoice").await;
    sandbox.clock.advance(60);
    let before = latest_invoice(&sandbox, &changing).await;
    let shown = sandbox.page(&changing.confirm(&changing.yearly, "3")).await;
    let (from, token) = (shown.hidden("from"), shown.hidden("token"));
    let fields = [("price", changing.yearly.as_str()), ("quantity", "3"), ("from", &from), ("act", "confirm")];
    let mut tabs = tokio::task::JoinSet::new();
    for _ in 0..8 {
        tabs.spawn(fetched(sandbox.form(&token, &changing.page("confirm"), &fields)));
    }
    for tab in tabs.join_all().await {
        assert_eq!(tab.status, 303, "{}", tab.html);
    }
    let of_customer = format!("/v1/invoices?customer={}", changing.customer);
    let invoices = sandbox.get(&of_customer).await.1["data"].as_array().unwrap().clone();
    assert_eq!(invoices.len(), 2);
    assert_ne!(invoices[0]["id"], before["id"]);
    sandbox.end().await;
}

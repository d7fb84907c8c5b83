//! Amounts worked out by hand: prorations, discounts, balances, invoices made by hand.
//!
//! The first period is 2026-11-21 to 2026-12-21, 30 days.

use serde_json::{Value, json};

use crate::billing::{DAY, HOUR, MONTH, OnClock, amounts, item, null, period, rows};
use crate::started::{START, Started, id, start};

const WORKS: &str = "pm_card_visa";
const FAILS: &str = "pm_card_chargeCustomerFail";

/// A monthly subscription to a price of so many cents, and what changes it to another.
async fn monthly(sandbox: &Started, cents: i64) -> (OnClock<'_>, Value) {
    let acme = sandbox.on_clock(WORKS).await;
    let price = sandbox.price(cents, "month").await;
    let subscription = acme.subscribe(&price, &[]).await;
    (acme, subscription)
}

async fn to_price(acme: &OnClock<'_>, subscription: &Value, price: &str, fields: &[(&str, &str)]) -> Value {
    let item = item(subscription);
    let mut all = vec![("items[0][id]", item.as_str()), ("items[0][price]", price)];
    all.extend(fields);
    acme.update(subscription, &all).await
}

#[tokio::test]
async fn an_upgrade_is_prorated_to_the_second() {
    // Days into a period of 30, and what is credited of 10.00 and charged of 20.00.
    let table = [(15 * DAY, -500, 1000), (10 * DAY, -667, 1333), (1, -1000, 2000), (29 * DAY + 86_399, 0, 0)];
    for (after, credit, debit) in table {
        let sandbox = start().await;
        let (acme, subscription) = monthly(&sandbox, 1000).await;
        acme.advance(START + after).await;
        let dear = sandbox.price(2000, "month").await;
        let changed = to_price(&acme, &subscription, &dear, &[]).await;
        assert_eq!(period(&changed), (START, MONTH), "the period stays");
        assert_eq!(acme.totals().await.len(), 1, "nothing is invoiced before the renewal");
        acme.advance(MONTH + HOUR).await;
        let renewal = acme.invoices().await.pop().unwrap();
        let expected: Vec<i64> = [credit, debit, 2000].into_iter().filter(|amount| *amount != 0).collect();
        assert_eq!(amounts(&renewal), expected, "after {after} s");
        assert_eq!(
            (&renewal["total"], &renewal["amount_paid"]),
            (&json!(2000 + credit + debit), &json!(2000 + credit + debit))
        );
        sandbox.end().await;
    }
}

#[tokio::test]
async fn an_upgrade_invoiced_at_once_names_what_it_credits() {
    let sandbox = start().await;
    let (acme, subscription) = monthly(&sandbox, 1000).await;
    let first = acme.invoices().await.pop().unwrap();
    acme.advance(START + 15 * DAY).await;
    let dear = sandbox.price(2000, "month").await;
    to_price(&acme, &subscription, &dear, &[("proration_behavior", "always_invoice")]).await;
    let invoice = acme.invoices().await.pop().unwrap();
    assert_eq!((amounts(&invoice), &invoice["status"]), (vec![-500, 1000], &json!("paid")));
    assert_eq!((&invoice["amount_paid"], &invoice["billing_reason"]), (&json!(500), &json!("subscription_update")));
    let credit = &invoice["lines"]["data"][0];
    let details = &credit["parent"]["subscription_item_details"];
    assert_eq!((&details["proration"], &details["subscription_item"]), (&json!(true), &json!(item(&subscription))));
    let credited = &details["proration_details"]["credited_items"];
    assert_eq!(credited["invoice"], first["id"]);
    assert_eq!(credited["invoice_line_items"], json!([first["lines"]["data"][0]["id"]]));
    assert_eq!(credit["period"], json!({"start": START + 15 * DAY, "end": MONTH}));
    assert_eq!(credit["description"], "Unused time on Pro after 6 December 2026");
    acme.advance(MONTH + HOUR).await;
    assert_eq!(acme.invoices().await.pop().unwrap()["total"], 2000);
    sandbox.end().await;
}

#[tokio::test]
async fn a_downgrade_leaves_credit_that_the_next_invoices_use() {
    let sandbox = start().await;
    let (acme, subscription) = monthly(&sandbox, 9000).await;
    acme.advance(START + 10 * DAY).await;
    let cheap = sandbox.price(600, "month").await;
    to_price(&acme, &subscription, &cheap, &[("proration_behavior", "always_invoice")]).await;
    // 20 of 30 days: 60.00 back, 4.00 to pay.
    let invoice = acme.invoices().await.pop().unwrap();
    assert_eq!((amounts(&invoice), &invoice["total"]), (vec![-6000, 400], &json!(-5600)));
    assert_eq!((&invoice["status"], &invoice["amount_due"]), (&json!("paid"), &json!(0)));
    assert_eq!((&invoice["starting_balance"], &invoice["ending_balance"]), (&json!(0), &json!(-5600)));
    assert_eq!(acme.balance().await, -5600);
    acme.advance(MONTH + HOUR).await;
    let renewal = acme.invoices().await.pop().unwrap();
    assert_eq!((&renewal["total"], &renewal["amount_due"]), (&json!(600), &json!(0)));
    assert_eq!((&renewal["starting_balance"], &renewal["ending_balance"]), (&json!(-5600), &json!(-5000)));
    assert_eq!(acme.balance().await, -5000);
    sandbox.end().await;
}

#[tokio::test]
async fn quantities_and_items_are_prorated_alike() {
    let sandbox = start().await;
    let (acme, subscription) = monthly(&sandbox, 1000).await;
    acme.advance(START + 20 * DAY).await;
    let (item, invoice_now) = (item(&subscription), ("proration_behavior", "always_invoice"));
    let path = format!("/v1/subscription_items/{item}");
    let changed = sandbox.made(&path, &[("quantity", "5"), invoice_now]).await;
    assert_eq!(changed["quantity"], 5);
    // 10 of 30 days: 333 for one, 1667 for five.
    assert_eq!(amounts(&acme.invoices().await.pop().unwrap()), [-333, 1667]);
    let addon = sandbox.price(300, "month").await;
    let fields = [("subscription", &*id(&subscription)), ("price", &addon), ("quantity", "2"), invoice_now];
    let added = sandbox.made("/v1/subscription_items", &fields).await;
    assert_eq!(amounts(&acme.invoices().await.pop().unwrap()), [200]);
    acme.advance(START + 25 * DAY).await;
    let gone =
        sandbox.delete(&format!("/v1/subscription_items/{}?proration_behavior=always_invoice", id(&added))).await.1;
    assert_eq!(gone["deleted"], true);
    // 5 of the 10 days that were charged.
    assert_eq!(amounts(&acme.invoices().await.pop().unwrap()), [-100]);
    assert_eq!(acme.balance().await, -100);
    let none = sandbox.made(&path, &[("quantity", "1"), ("proration_behavior", "none")]).await;
    assert_eq!(none["quantity"], 1);
    acme.advance(MONTH + HOUR).await;
    assert_eq!(amounts(&acme.invoices().await.pop().unwrap()), [1000]);
    sandbox.end().await;
}

#[tokio::test]
async fn another_interval_begins_a_period_now() {
    let sandbox = start().await;
    let (acme, subscription) = monthly(&sandbox, 1000).await;
    let at = START + 15 * DAY;
    acme.advance(at).await;
    let yearly = sandbox.price(10_000, "year").await;
    let changed = to_price(&acme, &subscription, &yearly, &[]).await;
    assert_eq!(period(&changed), (at, at + 365 * DAY));
    assert_eq!(changed["billing_cycle_anchor"], at);
    let invoice = acme.invoices().await.pop().unwrap();
    assert_eq!((amounts(&invoice), &invoice["status"]), (vec![-500, 10_000], &json!("paid")));
    acme.advance(MONTH + DAY).await;
    assert_eq!(acme.totals().await.len(), 2, "nothing at the old boundary");
    acme.advance(at + 365 * DAY + HOUR).await;
    assert_eq!(acme.invoices().await.pop().unwrap()["total"], 10_000);
    sandbox.end().await;
}

#[tokio::test]
async fn from_free_to_paid_is_paid_now() {
    let sandbox = start().await;
    let (acme, subscription) = monthly(&sandbox, 0).await;
    assert_eq!(subscription["status"], "active");
    acme.advance(START + 7 * DAY).await;
    let paid = sandbox.price(1000, "month").await;
    let changed = to_price(&acme, &subscription, &paid, &[]).await;
    assert_eq!(period(&changed).0, START + 7 * DAY);
    assert_eq!(acme.invoices().await.pop().unwrap()["amount_paid"], 1000);
    sandbox.end().await;
}

#[tokio::test]
async fn an_upgrade_that_can_not_be_paid() {
    let sandbox = start().await;
    let (acme, subscription) = monthly(&sandbox, 1000).await;
    acme.default_card(FAILS).await;
    let dear = sandbox.price(2000, "month").await;
    let path = format!("/v1/subscriptions/{}", id(&subscription));
    let fields = |behavior: &'static str| {
        [
            ("items[0][id]", item(&subscription)),
            ("items[0][price]", dear.clone()),
            ("proration_behavior", "always_invoice".to_owned()),
            ("payment_behavior", behavior.to_owned()),
        ]
    };
    let all = fields("error_if_incomplete");
    let sent: Vec<(&str, &str)> = all.iter().map(|(key, value)| (*key, value.as_str())).collect();
    assert_eq!(sandbox.post(&path, &sent).await.0, 402);
    assert_eq!(acme.now(&subscription).await["items"], subscription["items"], "nothing has changed");
    assert_eq!(acme.totals().await.len(), 1);
    let all = fields("allow_incomplete");
    let sent: Vec<(&str, &str)> = all.iter().map(|(key, value)| (*key, value.as_str())).collect();
    assert_eq!(sandbox.made(&path, &sent).await["status"], "past_due");
    sandbox.end().await;
}

#[tokio::test]
async fn ending_now_can_give_back_what_is_unused() {
    let sandbox = start().await;
    let (acme, subscription) = monthly(&sandbox, 3000).await;
    acme.advance(START + 20 * DAY).await;
    let path = format!("/v1/subscriptions/{}?prorate=true&invoice_now=true", id(&subscription));
    let ended = sandbox.delete(&path).await.1;
    assert_eq!((&ended["status"], &ended["ended_at"]), (&json!("canceled"), &json!(START + 20 * DAY)));
    assert_eq!(amounts(&acme.invoices().await.pop().unwrap()), [-1000]);
    assert_eq!(acme.balance().await, -1000);
    sandbox.end().await;
}

#[tokio::test]
async fn pending_items_and_the_balance_go_on_the_next_invoice() {
    let sandbox = start().await;
    let (acme, subscription) = monthly(&sandbox, 1000).await;
    let customer = ("customer", acme.customer.as_str());
    let loose = [customer, ("amount", "250"), ("currency", "eur"), ("description", "Setup")];
    sandbox.made("/v1/invoiceitems", &loose).await;
    let of_it = [customer, ("amount", "-100"), ("currency", "eur"), ("subscription", &id(&subscription))];
    sandbox.made("/v1/invoiceitems", &of_it).await;
    let gone = sandbox.made("/v1/invoiceitems", &loose).await;
    assert_eq!(sandbox.delete(&format!("/v1/invoiceitems/{}", id(&gone))).await.1["deleted"], true);
    sandbox.made(&format!("/v1/customers/{}", acme.customer), &[("balance", "75")]).await;
    acme.advance(MONTH + HOUR).await;
    let invoice = acme.invoices().await.pop().unwrap();
    assert_eq!((amounts(&invoice), &invoice["total"]), (vec![250, -100, 1000], &json!(1150)));
    assert_eq!((&invoice["amount_due"], &invoice["amount_paid"]), (&json!(1225), &json!(1225)));
    assert_eq!(acme.balance().await, 0);
    sandbox.end().await;
}

#[tokio::test]
async fn an_invoice_by_hand_is_finalized_paid_voided_or_given_up() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(FAILS).await;
    let customer = ("customer", acme.customer.as_str());
    let mut made = Vec::new();
    for _ in 0..3 {
        let item = [customer, ("amount", "700"), ("currency", "eur")];
        sandbox.made("/v1/invoiceitems", &item).await;
        let fields = [customer, ("currency", "eur"), ("pending_invoice_items_behavior", "include")];
        let draft = sandbox.made("/v1/invoices", &fields).await;
        assert_eq!(
            (&draft["status"], &draft["total"], &draft["auto_advance"]),
            (&json!("draft"), &json!(700), &json!(false))
        );
        made.push(format!("/v1/invoices/{}", id(&draft)));
    }
    let extra = [customer, ("amount", "50"), ("currency", "eur"), ("invoice", made[0].rsplit('/').next().unwrap())];
    sandbox.made("/v1/invoiceitems", &extra).await;
    let open = sandbox.made(&format!("{}/finalize", made[0]), &[]).await;
    assert_eq!((&open["status"], &open["amount_due"]), (&json!("open"), &json!(750)));
    assert!(open["hosted_invoice_url"].as_str().unwrap().starts_with("http://localhost:"));
    let (status, body) = sandbox.post(&format!("{}/pay", made[0]), &[]).await;
    assert_eq!((status.as_u16(), &body["error"]["code"]), (402, &json!("card_declined")));
    let tried = sandbox.get(&made[0]).await.1;
    assert_eq!((&tried["attempt_count"], &tried["attempted"]), (&json!(1), &json!(true)), "the try is kept");
    assert_eq!(sandbox.events("charge.failed").await.len(), 1);
    assert_eq!(sandbox.post(&format!("{}/finalize", made[0]), &[]).await.0, 400);
    acme.default_card(WORKS).await;
    let paid = sandbox.made(&format!("{}/pay", made[0]), &[]).await;
    assert_eq!(
        (&paid["status"], &paid["amount_paid"], &paid["amount_remaining"]),
        (&json!("paid"), &json!(750), &json!(0))
    );
    assert_eq!(sandbox.post(&format!("{}/pay", made[0]), &[]).await.0, 400);
    assert_eq!(sandbox.post(&format!("{}/void", made[1]), &[]).await.0, 400, "a draft is deleted instead");
    sandbox.made(&format!("{}/finalize", made[1]), &[]).await;
    let lost = sandbox.made(&format!("{}/mark_uncollectible", made[1]), &[]).await;
    assert_eq!(lost["status"], "uncollectible");
    assert_eq!(sandbox.made(&format!("{}/void", made[1]), &[]).await["status"], "void");
    assert_eq!(sandbox.delete(&made[2]).await.1["deleted"], true);
    assert_eq!(sandbox.get("/v1/invoiceitems?pending=true").await.1["data"].as_array().unwrap().len(), 1);
    sandbox.end().await;
}

#[tokio::test]
async fn voiding_gives_the_credit_back() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let customer = ("customer", acme.customer.as_str());
    sandbox.made(&format!("/v1/customers/{}", acme.customer), &[("balance", "-300")]).await;
    sandbox.made("/v1/invoiceitems", &[customer, ("amount", "700"), ("currency", "eur")]).await;
    let fields = [customer, ("currency", "eur"), ("pending_invoice_items_behavior", "include")];
    let path = format!("/v1/invoices/{}", id(&sandbox.made("/v1/invoices", &fields).await));
    let open = sandbox.made(&format!("{path}/finalize"), &[]).await;
    assert_eq!((&open["amount_due"], acme.balance().await), (&json!(400), 0));
    sandbox.made(&format!("{path}/void"), &[]).await;
    assert_eq!(acme.balance().await, -300);
    sandbox.end().await;
}

#[tokio::test]
async fn an_anchor_makes_a_short_first_period() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let price = sandbox.price(3000, "month").await;
    // 2026-12-01; the whole month before it has 30 days, of which 10 are left.
    let anchor = START + 10 * DAY;
    let subscription = acme.subscribe(&price, &[("billing_cycle_anchor", &anchor.to_string())]).await;
    assert_eq!(period(&subscription), (START, anchor));
    acme.advance(anchor + HOUR).await;
    let expected = rows(&[("subscription_create", "paid", 1000), ("subscription_cycle", "paid", 3000)]);
    assert_eq!(acme.totals().await, expected);
    assert_eq!(acme.now(&subscription).await["pause_collection"], null());
    sandbox.end().await;
}

#[tokio::test]
async fn a_trial_can_be_ended_now() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let price = sandbox.price(3000, "month").await;
    let subscription = acme.subscribe(&price, &[("trial_period_days", "30")]).await;
    acme.advance(START + 5 * DAY).await;
    let active = acme.update(&subscription, &[("trial_end", "now")]).await;
    assert_eq!((&active["status"], period(&active).0), (&json!("active"), START + 5 * DAY));
    let expected = rows(&[("subscription_create", "paid", 0), ("subscription_update", "paid", 3000)]);
    assert_eq!(acme.totals().await, expected);
    acme.advance(START + 31 * DAY).await;
    assert_eq!(acme.totals().await, expected, "the old end of the trial means nothing");
    sandbox.end().await;
}

#[tokio::test]
async fn an_invoice_for_a_subscription_is_its_customers() {
    let sandbox = start().await;
    let (acme, subscription) = monthly(&sandbox, 1000).await;
    let other = sandbox.on_clock(WORKS).await;
    let fields = [("customer", other.customer.as_str()), ("subscription", &id(&subscription))];
    let (status, refused) = sandbox.post("/v1/invoices", &fields).await;
    assert_eq!((status.as_u16(), &refused["error"]["param"]), (400, &json!("subscription")), "{refused}");
    let fields = [("customer", acme.customer.as_str()), fields[1]];
    assert_eq!(sandbox.made("/v1/invoices", &fields).await["customer"], json!(acme.customer));
    sandbox.end().await;
}

//! Time is charged once and given back once, whatever is changed within a period. Amounts worked
//! out by hand; the first period is 2026-11-21 to 2026-12-21, 30 days.

use serde_json::{Value, json};

use crate::billing::{DAY, HOUR, MONTH, OnClock, amounts, item, period};
use crate::started::{Fields, START, id, start};

const WORKS: &str = "pm_card_visa";
const FAILS: &str = "pm_card_chargeCustomerFail";
const NOW: (&str, &str) = ("proration_behavior", "always_invoice");

/// Changes the only item of a subscription.
async fn change(acme: &OnClock<'_>, subscription: &Value, fields: Fields<'_>) -> Value {
    let item = item(subscription);
    let mut all = vec![("items[0][id]", item.as_str())];
    all.extend(fields);
    acme.update(subscription, &all).await
}

async fn newest(acme: &OnClock<'_>) -> Vec<i64> {
    amounts(&acme.invoices().await.pop().unwrap())
}

#[tokio::test]
async fn free_for_a_while_gives_back_once() {
    let sandbox = start().await;
    let (paid, free, dear) =
        (sandbox.price(1000, "month").await, sandbox.price(0, "month").await, sandbox.price(2000, "month").await);
    for what in ["a free price", "no quantity"] {
        let acme = sandbox.on_clock(WORKS).await;
        let subscription = acme.subscribe(&paid, &[]).await;
        acme.advance(START + 10 * DAY).await;
        let nothing = if what == "a free price" { ("items[0][price]", &*free) } else { ("items[0][quantity]", "0") };
        change(&acme, &subscription, &[nothing, NOW]).await;
        assert_eq!(newest(&acme).await, [-667], "{what}");
        acme.advance(START + 15 * DAY).await;
        let again = [("items[0][price]", &*dear), ("items[0][quantity]", "1"), NOW];
        let changed = change(&acme, &subscription, &again).await;
        assert_eq!(period(&changed).0, START + 15 * DAY, "{what}: a new period");
        assert_eq!(newest(&acme).await, [2000], "{what}: the old time was given back before");
        assert_eq!(acme.balance().await, 0, "667 of it paid by the credit");
    }
    sandbox.end().await;
}

#[tokio::test]
async fn a_coupon_over_everything_hides_no_credit() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let all = id(&sandbox.made("/v1/coupons", &[("percent_off", "100"), ("duration", "forever")]).await);
    let mut prices = Vec::new();
    for cents in [1000, 2000, 3000] {
        prices.push(sandbox.price(cents, "month").await);
    }
    let subscription = acme.subscribe(&prices[0], &[]).await;
    acme.advance(START + 10 * DAY).await;
    let free = [("items[0][price]", &*prices[1]), ("discounts[0][coupon]", &all), NOW];
    change(&acme, &subscription, &free).await;
    assert_eq!(newest(&acme).await, [-667]);
    acme.advance(START + 20 * DAY).await;
    change(&acme, &subscription, &[("items[0][price]", &*prices[2]), ("discounts", ""), NOW]).await;
    assert_eq!(newest(&acme).await, [1000], "nothing was charged since");
    sandbox.end().await;
}

#[tokio::test]
async fn what_was_changed_without_prorations_is_given_back_as_it_was_charged() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let mut prices = Vec::new();
    for cents in [3000, 600, 0, 900] {
        prices.push(sandbox.price(cents, "month").await);
    }
    let subscription = acme.subscribe(&prices[0], &[]).await;
    acme.advance(START + 10 * DAY).await;
    change(&acme, &subscription, &[("items[0][price]", &*prices[1]), NOW]).await;
    assert_eq!(newest(&acme).await, [-2000, 400]);
    acme.advance(START + 15 * DAY).await;
    change(&acme, &subscription, &[("items[0][price]", &*prices[0]), ("proration_behavior", "none")]).await;
    acme.advance(START + 20 * DAY).await;
    change(&acme, &subscription, &[("items[0][price]", &*prices[2]), NOW]).await;
    assert_eq!(newest(&acme).await, [-200], "10 of the 20 days of 6.00");
    let path = format!("/v1/subscriptions/{}?prorate=true&invoice_now=true", id(&subscription));
    let before = acme.invoices().await.len();
    sandbox.delete(&path).await;
    assert_eq!(acme.invoices().await.len(), before, "nothing is left to be given back");
    sandbox.end().await;
}

#[tokio::test]
async fn a_change_dated_before_another_charges_its_time_once() {
    for is_now in [true, false] {
        let sandbox = start().await;
        let acme = sandbox.on_clock(WORKS).await;
        let mut prices = Vec::new();
        for cents in [1000, 2000, 3000] {
            prices.push(sandbox.price(cents, "month").await);
        }
        let behavior = if is_now { NOW } else { ("proration_behavior", "create_prorations") };
        let subscription = acme.subscribe(&prices[0], &[]).await;
        acme.advance(START + 20 * DAY).await;
        change(&acme, &subscription, &[("items[0][price]", &*prices[1]), behavior]).await;
        let earlier = (START + 10 * DAY).to_string();
        change(&acme, &subscription, &[("items[0][price]", &*prices[2]), ("proration_date", &earlier), behavior]).await;
        // From the 10th day: the 20 days of 10.00 of which 10 were given back, all of the 20.00.
        if is_now {
            assert_eq!(newest(&acme).await, [-334, -667, 2000]);
            let credits = acme.invoices().await.pop().unwrap()["lines"]["data"].clone();
            assert_eq!(credits[0]["period"], json!({"start": START + 10 * DAY, "end": START + 20 * DAY}));
            assert_eq!(credits[1]["period"], json!({"start": START + 20 * DAY, "end": MONTH}));
        }
        acme.advance(MONTH + HOUR).await;
        let all: i64 = acme.invoices().await.iter().map(|invoice| invoice["total"].as_i64().unwrap()).sum();
        // 10 days of 10.00, 20 of 30.00, and the next month.
        assert_eq!(all, 333 + 2000 + 3000, "{is_now}");
        sandbox.end().await;
    }
}

#[tokio::test]
async fn credit_names_what_it_gives_back() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let (one, two) = (sandbox.price(1000, "month").await, sandbox.price(2000, "month").await);
    let subscription = acme.subscribe(&one, &[]).await;
    acme.advance(START + 10 * DAY).await;
    change(&acme, &subscription, &[("items[0][price]", &two), ("items[0][quantity]", "3")]).await;
    acme.advance(START + 20 * DAY).await;
    change(&acme, &subscription, &[("items[0][price]", &one), ("items[0][quantity]", "1")]).await;
    let path = format!("/v1/invoiceitems?customer={}&limit=100", acme.customer);
    let mut pending = sandbox.get(&path).await.1["data"].as_array().unwrap().clone();
    pending.reverse();
    let rows: Vec<i64> = pending.iter().map(|item| item["amount"].as_i64().unwrap()).collect();
    assert_eq!(rows, [-667, 4000, -2000, 333]);
    let credited = &pending[2]["proration_details"]["credited_items"];
    assert_eq!((&credited["type"], &credited["invoice_item"]), (&json!("invoice_item"), &pending[1]["id"]));
    assert_eq!(pending[2]["description"], "Unused time on 3 × Pro after 11 December 2026");
    assert_eq!(pending[2]["pricing"]["price_details"]["price"], json!(two));
    sandbox.end().await;
}

#[tokio::test]
async fn a_voided_invoice_charges_and_gives_back_nothing() {
    for is_credited_before in [false, true] {
        let sandbox = start().await;
        let acme = sandbox.on_clock(WORKS).await;
        let mut prices = Vec::new();
        for cents in [1000, 3000, 600] {
            prices.push(sandbox.price(cents, "month").await);
        }
        let subscription = acme.subscribe(&prices[0], &[]).await;
        acme.default_card(FAILS).await;
        acme.advance(START + 10 * DAY).await;
        change(&acme, &subscription, &[("items[0][price]", &*prices[1]), NOW]).await;
        let unpaid = acme.invoices().await.pop().unwrap();
        assert_eq!((amounts(&unpaid), &unpaid["status"]), (vec![-667, 2000], &json!("open")));
        let void = format!("/v1/invoices/{}/void", id(&unpaid));
        acme.advance(START + 20 * DAY).await;
        if is_credited_before {
            change(&acme, &subscription, &[("items[0][price]", &*prices[2])]).await;
            sandbox.made(&void, &[]).await;
            acme.advance(START + 25 * DAY).await;
            sandbox.delete(&format!("/v1/subscriptions/{}?prorate=true&invoice_now=true", id(&subscription))).await;
            // 10.00 of the 30.00 are given back already: so much less of the 10.00 and 2.00 that still stand.
            assert_eq!(newest(&acme).await, [-1000, 200, -167, -33]);
        } else {
            sandbox.made(&void, &[]).await;
            change(&acme, &subscription, &[("items[0][price]", &*prices[2]), NOW]).await;
            assert_eq!(newest(&acme).await, [-333, 200], "the first line is all that stands");
        }
        sandbox.end().await;
    }
}

#[tokio::test]
async fn a_paused_subscription_is_resumed_by_one_invoice() {
    let sandbox = start().await;
    let acme = sandbox.on_clock("").await;
    let price = sandbox.price(4900, "month").await;
    let fields = [("trial_period_days", "2"), ("trial_settings[end_behavior][missing_payment_method]", "pause")];
    let subscription = acme.subscribe(&price, &fields).await;
    acme.advance(START + 3 * DAY).await;
    let path = format!("/v1/subscriptions/{}/resume", id(&subscription));
    sandbox.made(&path, &[]).await;
    acme.advance(START + 3 * DAY + HOUR).await;
    sandbox.made(&path, &[]).await;
    let statuses: Vec<(String, String, i64)> = acme.totals().await;
    let statuses: Vec<&str> = statuses.iter().map(|row| row.1.as_str()).collect();
    assert_eq!(statuses, ["paid", "void", "open"]);
    let card = acme.default_card(WORKS).await;
    for invoice in acme.invoices().await.iter().skip(1) {
        sandbox.post(&format!("/v1/invoices/{}/pay", id(invoice)), &[("payment_method", &card)]).await;
    }
    let paid: i64 = acme.invoices().await.iter().map(|invoice| invoice["amount_paid"].as_i64().unwrap()).sum();
    assert_eq!(paid, 4900, "one month, once");
    let resumed = acme.now(&subscription).await;
    assert_eq!((&resumed["status"], period(&resumed).0), (&json!("active"), START + 3 * DAY + HOUR));
    assert_eq!(period(&resumed).0, resumed["billing_cycle_anchor"]);
    sandbox.end().await;
}

#[tokio::test]
async fn a_resumption_that_is_given_up_resumes_and_one_that_is_voided_does_not() {
    for (act, status) in [("mark_uncollectible", "active"), ("void", "paused")] {
        let sandbox = start().await;
        let acme = sandbox.on_clock("").await;
        let price = sandbox.price(4900, "month").await;
        let fields = [("trial_period_days", "2"), ("trial_settings[end_behavior][missing_payment_method]", "pause")];
        let subscription = acme.subscribe(&price, &fields).await;
        acme.advance(START + 3 * DAY).await;
        sandbox.made(&format!("/v1/subscriptions/{}/resume", id(&subscription)), &[]).await;
        let invoice = acme.invoices().await.pop().unwrap();
        sandbox.made(&format!("/v1/invoices/{}/{act}", id(&invoice)), &[]).await;
        assert_eq!(acme.now(&subscription).await["status"], status, "{act}");
        sandbox.end().await;
    }
}

#[tokio::test]
async fn an_old_invoice_that_fails_leaves_a_paid_subscription_alone() {
    let sandbox = start().await;
    sandbox.settings(json!({"retry_days": [20, 20], "after_retries": "cancel"})).await;
    let acme = sandbox.on_clock(WORKS).await;
    let price = sandbox.price(4900, "month").await;
    let subscription = acme.subscribe(&price, &[]).await;
    acme.default_card(FAILS).await;
    acme.advance(MONTH + HOUR).await;
    assert_eq!(acme.now(&subscription).await["status"], "past_due");
    let old = acme.invoices().await.pop().unwrap();
    acme.advance(MONTH + 20 * DAY + HOUR).await;
    acme.default_card(WORKS).await;
    acme.advance(MONTH + 31 * DAY + HOUR).await;
    let statuses: Vec<String> = acme.totals().await.into_iter().map(|row| row.1).collect();
    assert_eq!(statuses, ["paid", "open", "paid"]);
    assert_eq!(acme.now(&subscription).await["status"], "active", "the newest is paid");
    let card = acme.default_card(FAILS).await;
    let (refused, _) = sandbox.post(&format!("/v1/invoices/{}/pay", id(&old)), &[("payment_method", &card)]).await;
    assert_eq!(refused, 402);
    assert_eq!(acme.now(&subscription).await["status"], "active");
    acme.advance(MONTH + 40 * DAY + HOUR).await;
    let old = sandbox.get(&format!("/v1/invoices/{}", id(&old))).await.1;
    assert_eq!((&old["status"], &old["next_payment_attempt"]), (&json!("open"), &json!(null)), "the last attempt");
    assert_eq!(acme.now(&subscription).await["status"], "active", "nor does the last attempt end it");
    sandbox.end().await;
}

#[tokio::test]
async fn the_newest_invoice_is_the_one_finalized_last() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let (one, two) = (sandbox.price(1000, "month").await, sandbox.price(2000, "month").await);
    let subscription = acme.subscribe(&one, &[]).await;
    // Within the hour of the renewal's draft another invoice is made and paid.
    acme.advance(MONTH + 600).await;
    change(&acme, &subscription, &[("items[0][price]", &two), NOW]).await;
    acme.default_card(FAILS).await;
    acme.advance(MONTH + HOUR).await;
    assert_eq!(acme.now(&subscription).await["status"], "past_due");
    sandbox.end().await;
}

//! The life of subscriptions on test clocks: renewal, trials, failed payments, ends.

use serde_json::json;

use crate::billing::{DAY, HOUR, MONTH, null, period, rows};
use crate::started::{START, id, start};

const FAILS: &str = "pm_card_chargeCustomerFail";
const WORKS: &str = "pm_card_visa";

#[tokio::test]
async fn a_period_ends_and_its_invoice_is_paid_an_hour_later() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let price = sandbox.price(4900, "month").await;
    let subscription = acme.subscribe(&price, &[]).await;
    assert_eq!((&subscription["status"], period(&subscription)), (&json!("active"), (START, MONTH)));
    acme.advance(MONTH).await;
    let renewed = acme.now(&subscription).await;
    assert_eq!(period(&renewed), (MONTH, MONTH + 31 * DAY));
    let draft = acme.invoices().await.pop().unwrap();
    assert_eq!((&draft["status"], &draft["auto_advance"], &draft["number"]), (&json!("draft"), &json!(true), &null()));
    assert_eq!(draft["automatically_finalizes_at"], MONTH + HOUR);
    assert_eq!((&draft["period_start"], &draft["period_end"]), (&json!(START), &json!(MONTH)));
    assert_eq!(draft["lines"]["data"][0]["period"], json!({"start": MONTH, "end": MONTH + 31 * DAY}));
    assert_eq!(renewed["latest_invoice"], draft["id"]);
    acme.advance(MONTH + HOUR - 1).await;
    assert_eq!(acme.totals().await[1], rows(&[("subscription_cycle", "draft", 4900)])[0]);
    let before = sandbox.events("").await.len();
    acme.advance(MONTH + HOUR).await;
    let paid = rows(&[("subscription_create", "paid", 4900), ("subscription_cycle", "paid", 4900)]);
    assert_eq!(acme.totals().await, paid);
    let kinds = sandbox.kinds().await;
    let expected = [
        "test_helpers.test_clock.advancing",
        "customer.updated",
        "payment_intent.created",
        "invoice.updated",
        "invoice.finalized",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice_payment.paid",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "test_helpers.test_clock.ready",
    ];
    assert_eq!(kinds[before..], expected);
    sandbox.end().await;
}

#[tokio::test]
async fn failed_payments_are_tried_again_and_then_end_the_subscription() {
    for (after, status) in [("cancel", "canceled"), ("unpaid", "unpaid"), ("past_due", "past_due")] {
        let sandbox = start().await;
        sandbox.settings(json!({"retry_days": [1, 2], "after_retries": after})).await;
        let acme = sandbox.on_clock(WORKS).await;
        let price = sandbox.price(4900, "month").await;
        let subscription = acme.subscribe(&price, &[]).await;
        acme.default_card(FAILS).await;
        let first = MONTH + HOUR;
        acme.advance(first).await;
        for (attempts, next) in [(1, first + DAY), (2, first + 3 * DAY)] {
            let invoice = acme.invoices().await.pop().unwrap();
            assert_eq!((&invoice["status"], &invoice["attempt_count"]), (&json!("open"), &json!(attempts)));
            assert_eq!(invoice["next_payment_attempt"], next);
            assert_eq!(acme.now(&subscription).await["status"], "past_due");
            acme.advance(next).await;
        }
        let invoice = acme.invoices().await.pop().unwrap();
        assert_eq!((&invoice["attempt_count"], &invoice["next_payment_attempt"]), (&json!(3), &null()));
        let ended = acme.now(&subscription).await;
        assert_eq!(ended["status"], status);
        assert_eq!(sandbox.events("invoice.payment_failed").await.len(), 3);
        assert_eq!(sandbox.events("customer.subscription.deleted").await.len(), usize::from(after == "cancel"));
        if after == "cancel" {
            assert_eq!(ended["cancellation_details"]["reason"], "payment_failed");
            assert_eq!(ended["ended_at"], first + 3 * DAY);
        } else {
            // Paying what is owed brings it back.
            let card = acme.default_card(WORKS).await;
            let pay = format!("/v1/invoices/{}/pay", id(&invoice));
            assert_eq!(sandbox.made(&pay, &[("payment_method", &card)]).await["status"], "paid");
            assert_eq!(acme.now(&subscription).await["status"], "active");
        }
        sandbox.end().await;
    }
}

#[tokio::test]
async fn an_unpaid_subscription_only_drafts() {
    let sandbox = start().await;
    sandbox.settings(json!({"retry_days": [], "after_retries": "unpaid"})).await;
    let acme = sandbox.on_clock(WORKS).await;
    let price = sandbox.price(4900, "month").await;
    acme.subscribe(&price, &[]).await;
    acme.default_card(FAILS).await;
    acme.advance(MONTH + 70 * DAY).await;
    let expected = rows(&[
        ("subscription_create", "paid", 4900),
        ("subscription_cycle", "open", 4900),
        ("subscription_cycle", "draft", 4900),
        ("subscription_cycle", "draft", 4900),
    ]);
    assert_eq!(acme.totals().await, expected);
    sandbox.end().await;
}

#[tokio::test]
async fn a_first_invoice_may_wait_for_a_day() {
    let sandbox = start().await;
    let price = sandbox.price(4900, "month").await;
    for behavior in ["allow_incomplete", "default_incomplete"] {
        let acme = sandbox.on_clock(FAILS).await;
        let subscription = acme.subscribe(&price, &[("payment_behavior", behavior)]).await;
        assert_eq!(subscription["status"], "incomplete");
        let invoice = acme.invoices().await.pop().unwrap();
        assert_eq!((&invoice["status"], &invoice["next_payment_attempt"]), (&json!("open"), &null()));
        assert_eq!(invoice["attempt_count"], i64::from(behavior == "allow_incomplete"));
        let change = [("items[0][id]", &*id(&subscription["items"]["data"][0])), ("items[0][quantity]", "2")];
        let path = format!("/v1/subscriptions/{}", id(&subscription));
        assert_eq!(sandbox.post(&path, &change).await.0, 400, "its items can't change");
        acme.advance(START + 23 * HOUR).await;
        let expired = acme.now(&subscription).await;
        assert_eq!(
            (&expired["status"], &expired["ended_at"]),
            (&json!("incomplete_expired"), &json!(START + 23 * HOUR))
        );
        assert_eq!(acme.totals().await, rows(&[("subscription_create", "void", 4900)]));
        let intents = sandbox.get(&format!("/v1/payment_intents?customer={}", acme.customer)).await.1;
        assert_eq!(intents["data"][0]["status"], "canceled");
    }
    let acme = sandbox.on_clock(FAILS).await;
    let fields = [
        ("customer", acme.customer.as_str()),
        ("items[0][price]", &price),
        ("payment_behavior", "error_if_incomplete"),
    ];
    let (status, body) = sandbox.post("/v1/subscriptions", &fields).await;
    assert_eq!((status.as_u16(), &body["error"]["decline_code"]), (402, &json!("generic_decline")));
    assert_eq!(acme.totals().await, [], "nothing is left of it");
    sandbox.end().await;
}

#[tokio::test]
async fn a_first_invoice_is_paid_by_confirming_its_intent() {
    let sandbox = start().await;
    let acme = sandbox.on_clock("").await;
    let price = sandbox.price(4900, "month").await;
    let fields = [
        ("payment_behavior", "default_incomplete"),
        ("payment_settings[save_default_payment_method]", "on_subscription"),
        ("expand[]", "latest_invoice.confirmation_secret"),
        ("expand[]", "latest_invoice.payments"),
    ];
    let subscription = acme.subscribe(&price, &fields).await;
    let invoice = &subscription["latest_invoice"];
    let secret = invoice["confirmation_secret"]["client_secret"].as_str().unwrap();
    let payment = &invoice["payments"]["data"][0];
    let intent = payment["payment"]["payment_intent"].as_str().unwrap();
    assert!(secret.starts_with(&format!("{intent}_secret_")));
    let path = format!("/v1/payment_intents/{intent}/confirm");
    assert_eq!(sandbox.post(&path, &[("payment_method", "pm_card_chargeDeclined")]).await.0, 402);
    assert_eq!(acme.now(&subscription).await["status"], "incomplete");
    assert_eq!(sandbox.made(&path, &[("payment_method", WORKS)]).await["status"], "succeeded");
    let active = acme.now(&subscription).await;
    assert_eq!(active["status"], "active");
    assert!(active["default_payment_method"].as_str().unwrap().starts_with("pm_"));
    assert_eq!(acme.totals().await, rows(&[("subscription_create", "paid", 4900)]));
    let payments = sandbox.get(&format!("/v1/invoice_payments?invoice={}", id(invoice))).await.1;
    assert_eq!(payments["data"][0]["status"], "paid");
    let refund = sandbox.made("/v1/refunds", &[("payment_intent", intent), ("amount", "900")]).await;
    assert_eq!((&refund["amount"], &refund["status"]), (&json!(900), &json!("succeeded")));
    assert_eq!(sandbox.post("/v1/refunds", &[("payment_intent", intent), ("amount", "4001")]).await.0, 400);
    let rest = sandbox.made("/v1/refunds", &[("payment_intent", intent)]).await;
    assert_eq!(rest["amount"], 4000);
    assert_eq!(sandbox.events("charge.refunded").await.len(), 2);
    sandbox.end().await;
}

#[tokio::test]
async fn a_trial_with_a_card_becomes_paid() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let price = sandbox.price(4900, "month").await;
    let subscription = acme.subscribe(&price, &[("trial_period_days", "14")]).await;
    let end = START + 14 * DAY;
    assert_eq!((&subscription["status"], period(&subscription)), (&json!("trialing"), (START, end)));
    assert_eq!(acme.totals().await, rows(&[("subscription_create", "paid", 0)]));
    acme.advance(end - 3 * DAY - 1).await;
    assert_eq!(sandbox.events("customer.subscription.trial_will_end").await.len(), 0);
    acme.advance(end - 1).await;
    let told = sandbox.events("customer.subscription.trial_will_end").await;
    assert_eq!((told.len(), &told[0]["created"]), (1, &json!(end - 3 * DAY)));
    acme.advance(end).await;
    let active = acme.now(&subscription).await;
    assert_eq!((&active["status"], period(&active)), (&json!("active"), (end, 1_799_107_200)));
    acme.advance(end + HOUR).await;
    assert_eq!(acme.totals().await[1], rows(&[("subscription_cycle", "paid", 4900)])[0]);
    sandbox.end().await;
}

#[tokio::test]
async fn a_trial_without_a_card_ends_as_its_settings_say() {
    for (missing, status) in [("create_invoice", "past_due"), ("pause", "paused"), ("cancel", "canceled")] {
        let sandbox = start().await;
        let acme = sandbox.on_clock("").await;
        let price = sandbox.price(4900, "month").await;
        let fields = [("trial_period_days", "2"), ("trial_settings[end_behavior][missing_payment_method]", missing)];
        let subscription = acme.subscribe(&price, &fields).await;
        assert_eq!(sandbox.events("customer.subscription.trial_will_end").await.len(), 1, "shorter than three days");
        acme.advance(START + 2 * DAY + HOUR).await;
        assert_eq!(acme.now(&subscription).await["status"], status, "{missing}");
        let told = |kind: &'static str| sandbox.events(kind);
        assert_eq!(told("customer.subscription.paused").await.len(), usize::from(missing == "pause"));
        assert_eq!(told("customer.subscription.deleted").await.len(), usize::from(missing == "cancel"));
        if missing == "pause" {
            let path = format!("/v1/subscriptions/{}/resume", id(&subscription));
            let unpaid = sandbox.made(&path, &[]).await;
            assert_eq!(unpaid["status"], "paused", "there is still no card");
            acme.advance(START + 4 * DAY).await;
            assert_eq!(acme.invoices().await.pop().unwrap()["status"], "void", "given up after 23 hours");
            acme.default_card(WORKS).await;
            let resumed = sandbox.made(&path, &[]).await;
            assert_eq!((&resumed["status"], period(&resumed).0), (&json!("active"), START + 4 * DAY));
            assert_eq!(told("customer.subscription.resumed").await.len(), 1);
        }
        sandbox.end().await;
    }
}

#[tokio::test]
async fn a_subscription_ends_with_its_period_when_asked() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let price = sandbox.price(4900, "month").await;
    let subscription = acme.subscribe(&price, &[]).await;
    let asked = acme.update(&subscription, &[("cancel_at_period_end", "true")]).await;
    assert_eq!((&asked["cancel_at"], &asked["status"]), (&json!(MONTH), &json!("active")));
    acme.advance(MONTH + DAY).await;
    let ended = acme.now(&subscription).await;
    assert_eq!(
        (&ended["status"], &ended["ended_at"], &ended["canceled_at"]),
        (&json!("canceled"), &json!(MONTH), &json!(START))
    );
    assert_eq!(acme.totals().await.len(), 1, "no invoice for a period that does not begin");
    let told = sandbox.events("customer.subscription.deleted").await;
    assert_eq!(
        (told.len(), &told[0]["created"], &told[0]["data"]["object"]["status"]),
        (1, &json!(MONTH), &json!("canceled"))
    );
    sandbox.end().await;
}

#[tokio::test]
async fn collection_can_be_paused_and_comes_back_by_itself() {
    for (behavior, status) in [("void", "void"), ("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")] {
        let sandbox = start().await;
        let acme = sandbox.on_clock(WORKS).await;
        let price = sandbox.price(4900, "month").await;
        let subscription = acme.subscribe(&price, &[]).await;
        let until = (MONTH + 5 * DAY).to_string();
        let fields = [("pause_collection[behavior]", behavior), ("pause_collection[resumes_at]", &until)];
        let paused = acme.update(&subscription, &fields).await;
        assert_eq!(paused["status"], "active");
        acme.advance(MONTH + 2 * HOUR).await;
        assert_eq!(acme.totals().await[1], rows(&[("subscription_cycle", status, 4900)])[0]);
        acme.advance(MONTH + 32 * DAY).await;
        let resumed = acme.now(&subscription).await;
        assert_eq!((&resumed["pause_collection"], &resumed["status"]), (&null(), &json!("active")));
        assert_eq!(acme.totals().await[2], rows(&[("subscription_cycle", "paid", 4900)])[0]);
        sandbox.end().await;
    }
}

#[tokio::test]
async fn a_sent_invoice_is_owed_from_its_hour_and_late_after_its_days() {
    let sandbox = start().await;
    let acme = sandbox.on_clock("").await;
    let price = sandbox.price(4900, "month").await;
    let subscription = acme.subscribe(&price, &[("collection_method", "send_invoice"), ("days_until_due", "7")]).await;
    assert_eq!(subscription["status"], "active");
    acme.advance(START + HOUR).await;
    let invoice = acme.invoices().await.pop().unwrap();
    assert_eq!((&invoice["status"], &invoice["due_date"]), (&json!("open"), &json!(START + HOUR + 7 * DAY)));
    assert_eq!(sandbox.events("invoice.sent").await.len(), 1);
    acme.advance(START + 8 * DAY).await;
    assert_eq!(acme.now(&subscription).await["status"], "past_due");
    let paid = sandbox.made(&format!("/v1/invoices/{}/pay", id(&invoice)), &[("paid_out_of_band", "true")]).await;
    assert_eq!(paid["status"], "paid");
    assert_eq!(acme.now(&subscription).await["status"], "active");
    sandbox.end().await;
}

#[tokio::test]
async fn a_clock_on_its_way_refuses_changes() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let price = sandbox.price(4900, "day").await;
    let subscription = acme.subscribe(&price, &[]).await;
    let path = format!("/v1/test_helpers/test_clocks/{}/advance", acme.clock);
    sandbox.made(&path, &[("frozen_time", &(START + 3000 * DAY).to_string())]).await;
    let change = format!("/v1/subscriptions/{}", id(&subscription));
    let (status, body) = sandbox.post(&change, &[("metadata[a]", "b")]).await;
    assert_eq!((status.as_u16(), &body["error"]["code"]), (429, &json!("rate_limit")), "{body}");
    assert!(body["error"]["message"].as_str().unwrap().starts_with("Test clock advancement underway"));
    assert_eq!(sandbox.get(&change).await.0, 200, "it may be read");
    sandbox.made("/v1/customers", &[("name", "another")]).await;
    sandbox.end().await;
}

#[tokio::test]
async fn without_a_test_clock_time_is_the_sandboxs_own() {
    let sandbox = start().await;
    let (customer, subscription) = crate::subscriptions::subscribed(&sandbox).await;
    sandbox.clock.advance(30 * DAY + HOUR);
    let path = format!("/v1/subscriptions/{}", id(&subscription));
    assert_eq!(period(&sandbox.get(&path).await.1), (MONTH, MONTH + 31 * DAY));
    let invoices = sandbox.get(&format!("/v1/invoices?customer={customer}")).await.1;
    let newest = &invoices["data"][0];
    assert_eq!((&newest["status"], &newest["created"]), (&json!("paid"), &json!(MONTH)));
    assert_eq!(newest["status_transitions"]["paid_at"], MONTH + HOUR);
    sandbox.end().await;
}

#[tokio::test]
async fn a_renewal_that_wants_3_d_secure_waits_for_the_customer() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let price = sandbox.price(4900, "month").await;
    let subscription = acme.subscribe(&price, &[]).await;
    acme.default_card("pm_card_authenticationRequired").await;
    acme.advance(MONTH + HOUR).await;
    assert_eq!(acme.now(&subscription).await["status"], "past_due");
    assert_eq!(sandbox.events("invoice.payment_action_required").await.len(), 1);
    let intents = sandbox.get(&format!("/v1/payment_intents?customer={}", acme.customer)).await.1;
    assert_eq!(intents["data"][0]["status"], "requires_action");
    assert!(intents["data"][0]["next_action"]["redirect_to_url"]["url"].is_string());
    // Off session nobody is there to answer.
    let fields = [
        ("amount", "500"),
        ("currency", "eur"),
        ("payment_method", "pm_card_authenticationRequired"),
        ("confirm", "true"),
        ("off_session", "true"),
    ];
    let (status, body) = sandbox.post("/v1/payment_intents", &fields).await;
    assert_eq!((status.as_u16(), &body["error"]["code"]), (402, &json!("authentication_required")));
    sandbox.end().await;
}

#[tokio::test]
async fn an_authorized_payment_is_captured_in_part_or_cancelled() {
    let sandbox = start().await;
    let fields = [
        ("amount", "5000"),
        ("currency", "eur"),
        ("payment_method", WORKS),
        ("confirm", "true"),
        ("capture_method", "manual"),
    ];
    let held = sandbox.made("/v1/payment_intents", &fields).await;
    assert_eq!((&held["status"], &held["amount_capturable"]), (&json!("requires_capture"), &json!(5000)));
    let path = format!("/v1/payment_intents/{}", id(&held));
    assert_eq!(sandbox.post(&format!("{path}/capture"), &[("amount_to_capture", "5001")]).await.0, 400);
    let got = sandbox.made(&format!("{path}/capture"), &[("amount_to_capture", "1200")]).await;
    assert_eq!((&got["status"], &got["amount_received"]), (&json!("succeeded"), &json!(1200)));
    assert_eq!(sandbox.post("/v1/refunds", &[("payment_intent", &id(&held)), ("amount", "1201")]).await.0, 400);
    let other = sandbox.made("/v1/payment_intents", &fields).await;
    let gone = sandbox.made(&format!("/v1/payment_intents/{}/cancel", id(&other)), &[]).await;
    assert_eq!((&gone["status"], &gone["amount_capturable"]), (&json!("canceled"), &json!(0)));
    sandbox.end().await;
}

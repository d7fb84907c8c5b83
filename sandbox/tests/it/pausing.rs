//! Pausing a subscription by its endpoint, and resuming it.

use serde_json::json;

use crate::started::{START, id, start};

const DAY: i64 = 86_400;

#[tokio::test]
async fn a_paused_subscription_is_not_billed_and_goes_on_when_resumed() {
    let sandbox = start().await;
    let acme = sandbox.on_clock("pm_card_visa").await;
    let price = sandbox.price(3000, "month").await;
    let subscription = acme.subscribe(&price, &[]).await;
    let path = format!("/v1/subscriptions/{}", id(&subscription));
    // November has 30 days: after 20 of them a third is unused.
    sandbox.advance(&acme.clock, START + 20 * DAY).await;
    let paused = sandbox.made(&format!("{path}/pause"), &[]).await;
    assert_eq!(paused["status"], "paused");
    assert_eq!(
        paused["status_details"],
        json!({"paused": {
            "subscription": {"type": "pause_requested"}, "transitioned_at": START + 20 * DAY, "type": "subscription",
        }})
    );
    let waiting = sandbox.get(&format!("/v1/invoiceitems?customer={}&pending=true", acme.customer)).await.1;
    assert_eq!(waiting["data"][0]["amount"], -1000, "{waiting}");
    assert_eq!(sandbox.events("customer.subscription.paused").await.len(), 1);
    sandbox.advance(&acme.clock, START + 100 * DAY).await;
    let invoices = sandbox.get(&format!("/v1/invoices?customer={}", acme.customer)).await.1;
    assert_eq!(invoices["data"].as_array().unwrap().len(), 1, "no invoice while it is paused");
    let (status, again) = sandbox.post(&format!("{path}/pause"), &[]).await;
    assert_eq!(status, 400, "{again}");
    sandbox.made(&format!("{path}/resume"), &[]).await;
    let resumed = sandbox.get(&path).await.1;
    assert_eq!((&resumed["status"], &resumed["status_details"]), (&json!("active"), &json!(null)));
    assert_eq!(resumed["items"]["data"][0]["current_period_start"], START + 100 * DAY);
    let newest = sandbox.get(&format!("/v1/invoices/{}", resumed["latest_invoice"].as_str().unwrap())).await.1;
    assert_eq!((&newest["total"], &newest["status"]), (&json!(2000), &json!("paid")), "less what was unused");
    sandbox.end().await;
}

#[tokio::test]
async fn a_pause_can_bill_at_once_or_credit_nothing() {
    let sandbox = start().await;
    for (field, value, left, drafts) in [
        ("bill_for[unused_time_from][type]", "none", 0, 1),
        ("bill_for[unused_time_from][type]", "item_current_period_start", 1, 1),
        ("invoicing_behavior", "invoice", 0, 2),
    ] {
        let acme = sandbox.on_clock("pm_card_visa").await;
        let price = sandbox.price(3000, "month").await;
        let subscription = acme.subscribe(&price, &[]).await;
        sandbox.advance(&acme.clock, START + 20 * DAY).await;
        sandbox.made(&format!("/v1/subscriptions/{}/pause", id(&subscription)), &[(field, value)]).await;
        let customer = &acme.customer;
        let waiting = sandbox.get(&format!("/v1/invoiceitems?customer={customer}&pending=true")).await.1;
        assert_eq!(waiting["data"].as_array().unwrap().len(), left, "{value}: {waiting}");
        let invoices = sandbox.get(&format!("/v1/invoices?customer={customer}")).await.1;
        assert_eq!(invoices["data"].as_array().unwrap().len(), drafts, "{value}: {invoices}");
        if value == "item_current_period_start" {
            assert_eq!(waiting["data"][0]["amount"], -3000, "the whole period is given back");
        }
    }
    sandbox.end().await;
}

#[tokio::test]
async fn what_can_not_be_paused_is_refused() {
    let sandbox = start().await;
    let acme = sandbox.on_clock("pm_card_visa").await;
    let price = sandbox.price(3000, "month").await;
    let sent = acme.subscribe(&price, &[("collection_method", "send_invoice"), ("days_until_due", "7")]).await;
    let (status, body) = sandbox.post(&format!("/v1/subscriptions/{}/pause", id(&sent)), &[]).await;
    assert_eq!(status, 400, "{body}");
    let trial = acme.subscribe(&price, &[("trial_period_days", "7")]).await;
    assert_eq!(sandbox.post(&format!("/v1/subscriptions/{}/pause", id(&trial)), &[]).await.0, 400);
    let scheduled = acme.subscribe(&price, &[]).await;
    sandbox.made("/v1/subscription_schedules", &[("from_subscription", &id(&scheduled))]).await;
    assert_eq!(sandbox.post(&format!("/v1/subscriptions/{}/pause", id(&scheduled)), &[]).await.0, 400);
    assert_eq!(sandbox.post("/v1/subscriptions/sub_none/pause", &[]).await.0, 404);
    sandbox.end().await;
}

#[tokio::test]
async fn what_would_be_ignored_is_refused() {
    let sandbox = start().await;
    let acme = sandbox.on_clock("pm_card_visa").await;
    let price = sandbox.price(3000, "month").await;
    let running = acme.subscribe(&price, &[]).await;
    let path = format!("/v1/subscriptions/{}", id(&running));
    let (status, body) = sandbox.post(&path, &[("off_session", "true")]).await;
    assert_eq!((status.as_u16(), &body["error"]["param"]), (501, &json!("off_session")));
    let item = format!("/v1/subscription_items/{}", id(&running["items"]["data"][0]));
    let (status, body) = sandbox.post(&item, &[("off_session", "true"), ("quantity", "2")]).await;
    assert_eq!((status.as_u16(), &body["error"]["param"]), (501, &json!("off_session")));
    let incomplete = acme.subscribe(&price, &[("payment_behavior", "default_incomplete")]).await;
    assert_eq!(incomplete["status"], "incomplete");
    let path = format!("/v1/subscriptions/{}", id(&incomplete));
    for param in ["billing_cycle_anchor", "trial_end"] {
        let (status, body) = sandbox.post(&path, &[(param, "now")]).await;
        assert_eq!((status.as_u16(), &body["error"]["param"]), (400, &json!(param)), "{body}");
    }
    assert_eq!(sandbox.get(&path).await.1["status"], "incomplete");
    sandbox.end().await;
}

//! The hosted page of an invoice.

use serde_json::{Value, json};

use crate::browser::{Page, card, fetched};
use crate::started::{Started, id, start};
use crate::subscriptions::subscribed;

/// An open invoice of a subscription whose card was refused.
async fn unpaid(sandbox: &Started, method: &str) -> (Value, String) {
    let (customer, first) = subscribed(sandbox).await;
    let attach = [("customer", customer.as_str())];
    let method = id(&sandbox.made(&format!("/v1/payment_methods/{method}/attach"), &attach).await);
    let price = first["items"]["data"][0]["price"]["id"].as_str().unwrap().to_owned();
    let fields =
        [("customer", customer.as_str()), ("default_payment_method", &method), ("items[0][price]", price.as_str())];
    let subscription = sandbox.made("/v1/subscriptions", &fields).await;
    assert_eq!(subscription["status"], "incomplete");
    let invoice = sandbox.get(&format!("/v1/invoices/{}", subscription["latest_invoice"].as_str().unwrap())).await.1;
    (invoice, id(&subscription))
}

async fn pay(sandbox: &Started, address: &str, number: &str) -> Page {
    let fields = card(number);
    let mut fields: Vec<_> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
    fields.push(("act", "card"));
    sandbox.send(address, address, &fields).await
}

#[tokio::test]
async fn a_paid_invoice_is_there_to_read() {
    let sandbox = start().await;
    let (_, subscription) = subscribed(&sandbox).await;
    let invoice = &subscription["latest_invoice"];
    let page = sandbox.page(invoice["hosted_invoice_url"].as_str().unwrap()).await;
    assert_eq!((page.status.as_u16(), page.text("invoice-status")), (200, "Paid".to_owned()));
    assert!(page.has(invoice["number"].as_str().unwrap()) && page.has("98.00 EUR") && !page.has("<form"));
    assert_eq!(sandbox.page("/i/test_none").await.status, 404);
    sandbox.end().await;
}

#[tokio::test]
async fn an_open_invoice_is_paid_once_by_whichever_card_pays() {
    let sandbox = start().await;
    let (invoice, subscription) = unpaid(&sandbox, "pm_card_chargeCustomerFail").await;
    let address = invoice["hosted_invoice_url"].as_str().unwrap();
    let shown = sandbox.page(address).await;
    assert_eq!(shown.text("invoice-status"), "Open");
    assert!(shown.has("Pay with Visa ending in 0341"));
    let saved = sandbox.send(address, address, &[("act", "saved")]).await;
    assert_eq!(saved.status, 402);
    assert_eq!(pay(&sandbox, address, "4000000000009995").await.status, 402);
    assert_eq!(pay(&sandbox, address, "4242424242424241").await.status, 422);
    let token = shown.hidden("token");
    assert_eq!(sandbox.send_with("", address, &[("act", "saved")]).await.status, 403);
    assert_eq!(pay(&sandbox, address, "4242424242424242").await.status, 303);
    assert_eq!(sandbox.send_with(&token, address, &[("act", "saved")]).await.status, 303);
    let now = sandbox.get(&format!("/v1/invoices/{}", id(&invoice))).await.1;
    assert_eq!((&now["status"], &now["amount_paid"]), (&json!("paid"), &now["total"]));
    assert_eq!(sandbox.subscription(&subscription).await["status"], "active");
    let paid: Vec<Value> = sandbox.events("invoice.paid").await;
    assert_eq!(paid.iter().filter(|event| event["data"]["object"]["id"] == invoice["id"]).count(), 1);
    sandbox.end().await;
}

#[tokio::test]
async fn a_bank_may_ask_before_an_invoice_is_paid() {
    let sandbox = start().await;
    let (invoice, subscription) = unpaid(&sandbox, "pm_card_chargeCustomerFail").await;
    let address = invoice["hosted_invoice_url"].as_str().unwrap();
    let question = format!("{address}/authenticate");
    for (act, status) in [("fail", 402), ("complete", 303)] {
        let asked = pay(&sandbox, address, "4000002760003184").await;
        assert!(question.ends_with(&asked.location.unwrap()), "{act}");
        let answered = sandbox.send(&question, &question, &[("act", act)]).await;
        assert_eq!(answered.status, status, "{act}");
    }
    assert_eq!(sandbox.subscription(&subscription).await["status"], "active");
    sandbox.end().await;
}

#[tokio::test]
async fn an_intent_of_the_api_is_confirmed_on_its_page() {
    let sandbox = start().await;
    let fields = [
        ("amount", "2500"),
        ("currency", "eur"),
        ("payment_method", "pm_card_authenticationRequired"),
        ("confirm", "true"),
    ];
    for (act, status) in [("fail", "requires_payment_method"), ("complete", "succeeded")] {
        let intent = sandbox.made("/v1/payment_intents", &fields).await;
        assert_eq!(intent["status"], "requires_action");
        let page = intent["next_action"]["redirect_to_url"]["url"].as_str().unwrap();
        let answered = sandbox.send(page, page, &[("act", act)]).await;
        assert_eq!(answered.status, 200);
        let now = sandbox.get(&format!("/v1/payment_intents/{}", id(&intent))).await.1;
        assert_eq!(now["status"], status);
    }
    sandbox.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tabs_that_pay_an_invoice_at_the_same_moment_pay_once() {
    let sandbox = start().await;
    let (invoice, _) = unpaid(&sandbox, "pm_card_chargeCustomerFail").await;
    let address = invoice["hosted_invoice_url"].as_str().unwrap();
    let token = sandbox.page(address).await.hidden("token");
    let fields = card("4242424242424242");
    let mut fields: Vec<_> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
    fields.push(("act", "card"));
    let mut tabs = tokio::task::JoinSet::new();
    for _ in 0..8 {
        tabs.spawn(fetched(sandbox.form(&token, address, &fields)));
    }
    for tab in tabs.join_all().await {
        assert_eq!(tab.status, 303, "{}", tab.html);
    }
    let succeeded = sandbox.events("payment_intent.succeeded").await;
    let paid = sandbox.events("invoice.paid").await;
    // One of the first subscription, one of this invoice.
    assert_eq!((succeeded.len(), paid.len()), (2, 2));
    sandbox.end().await;
}

#[tokio::test]
async fn a_setup_of_the_api_is_confirmed_on_its_page_and_leads_back() {
    let sandbox = start().await;
    let fields = [
        ("payment_method", "pm_card_authenticationRequired"),
        ("confirm", "true"),
        ("return_url", "http://127.0.0.1:3000/saved?a=1"),
    ];
    for (act, status) in [("fail", "requires_payment_method"), ("complete", "succeeded")] {
        let intent = sandbox.made("/v1/setup_intents", &fields).await;
        let page = intent["next_action"]["redirect_to_url"]["url"].as_str().unwrap();
        let answered = sandbox.send(page, page, &[("act", act)]).await;
        let back = answered.location.unwrap();
        assert!(back.starts_with(&format!("http://127.0.0.1:3000/saved?a=1&setup_intent={}&", id(&intent))), "{back}");
        let now = sandbox.get(&format!("/v1/setup_intents/{}", id(&intent))).await.1;
        assert_eq!(now["status"], status);
    }
    sandbox.end().await;
}

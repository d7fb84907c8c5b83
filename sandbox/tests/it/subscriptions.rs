//! Payment methods, subscriptions, invoices.

use serde_json::{Value, json};

use crate::started::{START, Started, id, start};

/// A customer with a card and a monthly subscription of 2 × 49 EUR.
pub async fn subscribed(sandbox: &Started) -> (String, Value) {
    let customer = sandbox.customer().await;
    let card = sandbox.made("/v1/payment_methods/pm_card_visa/attach", &[("customer", &customer)]).await;
    let price = sandbox
        .made(
            "/v1/prices",
            &[
                ("currency", "eur"),
                ("unit_amount", "4900"),
                ("recurring[interval]", "month"),
                ("product_data[name]", "Pro <plan>"),
            ],
        )
        .await;
    let subscription = sandbox
        .made(
            "/v1/subscriptions",
            &[
                ("customer", &customer),
                ("default_payment_method", &id(&card)),
                ("items[0][price]", &id(&price)),
                ("items[0][quantity]", "2"),
                ("metadata[org]", "7"),
                ("expand[]", "latest_invoice.customer"),
            ],
        )
        .await;
    (customer, subscription)
}

#[tokio::test]
async fn a_subscription_is_active_with_a_paid_first_invoice() {
    let sandbox = start().await;
    let (customer, subscription) = subscribed(&sandbox).await;
    assert_eq!(subscription["status"], "active");
    let item = &subscription["items"]["data"][0];
    assert_eq!(item["current_period_start"], START);
    assert_eq!(item["current_period_end"], START + 30 * 86_400);
    let invoice = &subscription["latest_invoice"];
    assert_eq!(
        (&invoice["status"], &invoice["total"], &invoice["amount_paid"]),
        (&json!("paid"), &json!(9800), &json!(9800))
    );
    assert_eq!(invoice["customer"]["id"], customer);
    assert_eq!(invoice["parent"]["subscription_details"]["subscription"], subscription["id"]);
    let invoices = sandbox.get(&format!("/v1/invoices?customer={customer}")).await.1;
    assert_eq!(invoices["data"][0]["id"], invoice["id"]);
    let one = sandbox.get(&format!("/v1/invoices/{}", id(invoice))).await.1;
    assert_eq!(one["lines"]["data"][0]["amount"], 9800);
    let whose = sandbox.get(&format!("/v1/subscriptions?customer={customer}")).await.1;
    assert_eq!(whose["data"][0]["latest_invoice"], invoice["id"]);
    let with = sandbox.get(&format!("/v1/customers/{customer}?expand[]=subscriptions")).await.1;
    assert_eq!(with["subscriptions"]["data"][0]["id"], subscription["id"]);
    assert_eq!(sandbox.get(&format!("/v1/customers/{customer}?expand[]=email")).await.0, 400);
    sandbox.end().await;
}

#[tokio::test]
async fn cancelling_at_period_end_can_be_taken_back_and_now_can_not() {
    let sandbox = start().await;
    let (customer, subscription) = subscribed(&sandbox).await;
    let path = format!("/v1/subscriptions/{}", id(&subscription));
    let at_end = sandbox.made(&path, &[("cancel_at_period_end", "true")]).await;
    assert_eq!(at_end["cancel_at"], subscription["items"]["data"][0]["current_period_end"]);
    assert_eq!(at_end["status"], "active");
    let back = sandbox.made(&path, &[("cancel_at_period_end", "false")]).await;
    assert_eq!((&back["cancel_at"], &back["canceled_at"]), (&json!(null), &json!(null)));
    let fields = format!("{path}?cancellation_details[feedback]=too_expensive");
    let gone = sandbox.delete(&fields).await.1;
    assert_eq!((&gone["status"], &gone["ended_at"]), (&json!("canceled"), &json!(START)));
    assert_eq!(gone["cancellation_details"]["feedback"], "too_expensive");
    assert_eq!(sandbox.delete(&path).await.0, 404);
    assert_eq!(sandbox.post(&path, &[("cancel_at_period_end", "true")]).await.0, 400);
    let list = |query: &str| sandbox.get_owned(format!("/v1/subscriptions?customer={customer}{query}"));
    assert_eq!(list("").await["data"], json!([]));
    assert_eq!(list("&status=all").await["data"].as_array().unwrap().len(), 1);
    assert_eq!(list("&status=canceled").await["data"].as_array().unwrap().len(), 1);
    sandbox.end().await;
}

#[tokio::test]
async fn what_can_not_be_paid_is_refused_and_changes_nothing() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    let (other, subscription) = subscribed(&sandbox).await;
    let price = id(&subscription["items"]["data"][0]["price"]);
    let fields = [("customer", customer.as_str()), ("items[0][price]", price.as_str())];
    assert_eq!(sandbox.post("/v1/subscriptions", &fields).await.0, 400, "no payment method");
    let cards = sandbox.get(&format!("/v1/customers/{other}/payment_methods?type=card")).await.1;
    let foreign = id(&cards["data"][0]);
    let with_foreign = [fields[0], fields[1], ("default_payment_method", foreign.as_str())];
    assert_eq!(sandbox.post("/v1/subscriptions", &with_foreign).await.0, 400, "another customer's card");
    let path = format!("/v1/payment_methods/{foreign}/attach");
    assert_eq!(sandbox.post(&path, &[("customer", &customer)]).await.0, 400);
    let declined = sandbox.post("/v1/payment_methods/pm_card_chargeDeclined/attach", &[("customer", &customer)]).await;
    assert_eq!((declined.0.as_u16(), &declined.1["error"]["decline_code"]), (402, &json!("generic_decline")));
    let free = [("currency", "eur"), ("unit_amount", "0"), ("product_data[name]", "Once")];
    let once = id(&sandbox.made("/v1/prices", &free).await);
    let fields = [("customer", customer.as_str()), ("items[0][price]", once.as_str())];
    assert_eq!(sandbox.post("/v1/subscriptions", &fields).await.0, 400, "not recurring");
    let bad_expand = [fields[0], ("items[0][price]", price.as_str()), ("expand[]", "nonsense")];
    assert_eq!(sandbox.post("/v1/subscriptions", &bad_expand).await.0, 400);
    assert_eq!(sandbox.get(&format!("/v1/subscriptions?customer={customer}&status=all")).await.1["data"], json!([]));
    assert_eq!(sandbox.get(&format!("/v1/invoices?customer={customer}")).await.1["data"], json!([]));
    sandbox.end().await;
}

#[tokio::test]
async fn an_expansion_that_fails_undoes_the_work() {
    let sandbox = start().await;
    let fields = [("name", "Acme"), ("expand[]", "name")];
    assert_eq!(sandbox.post("/v1/customers", &fields).await.0, 400);
    assert_eq!(sandbox.get("/v1/customers").await.1["data"], json!([]));
    sandbox.end().await;
}

#[tokio::test]
async fn a_customer_can_be_made_with_a_card_and_lose_it() {
    let sandbox = start().await;
    let card = "pm_card_mastercard";
    let fields = [("payment_method", card), ("invoice_settings[default_payment_method]", card)];
    let customer = sandbox.made("/v1/customers", &fields).await;
    let method = customer["invoice_settings"]["default_payment_method"].as_str().unwrap();
    let path = format!("/v1/payment_methods/{method}");
    let found = sandbox.get(&path).await.1;
    assert_eq!((&found["customer"], &found["card"]["last4"]), (&customer["id"], &json!("4444")));
    let loose = sandbox.made(&format!("{path}/detach"), &[]).await;
    assert_eq!(loose["customer"], json!(null));
    let now = sandbox.get(&format!("/v1/customers/{}", id(&customer))).await.1;
    assert_eq!(now["invoice_settings"]["default_payment_method"], json!(null));
    assert_eq!(sandbox.post(&format!("{path}/attach"), &[("customer", &id(&customer))]).await.0, 400);
    sandbox.end().await;
}

impl Started {
    async fn get_owned(&self, path: String) -> Value {
        self.get(&path).await.1
    }
}

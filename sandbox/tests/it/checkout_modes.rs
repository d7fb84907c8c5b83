//! Checkout beyond plans: payments, saved cards, promotion codes.

use serde_json::{Value, json};

use crate::browser::{Page, card};
use crate::checkout::BACK;
use crate::started::{Fields, Started, id, start};

impl Started {
    async fn pay_at(&self, session: &Value, number: &str) -> Page {
        let address = session["url"].as_str().unwrap();
        let fields = card(number);
        let mut fields: Vec<_> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
        fields.extend([("email", "ada@acme.test"), ("act", "pay")]);
        self.send(address, address, &fields).await
    }

    async fn pay_and_confirm(&self, session: &Value, number: &str) -> Page {
        let question = format!("/c/pay/{}/authenticate", id(session));
        assert_eq!(self.pay_at(session, number).await.location.as_deref(), Some(question.as_str()));
        let attempt = self.page(&question).await.hidden("attempt");
        self.send(&question, &question, &[("attempt", &attempt), ("act", "complete")]).await
    }

    async fn payment(&self, more: Fields<'_>) -> Value {
        let price = self.priced("Workshop", "2500", None).await;
        let mut fields = vec![
            ("mode", "payment"),
            ("success_url", BACK),
            ("line_items[0][price]", price.as_str()),
            ("line_items[0][quantity]", "2"),
        ];
        fields.extend(more);
        self.made("/v1/checkout/sessions", &fields).await
    }
}

#[tokio::test]
async fn a_payment_is_made_once_without_a_customer_or_with_a_new_one() {
    let sandbox = start().await;
    let session = sandbox.payment(&[("payment_intent_data[metadata][order]", "7")]).await;
    assert_eq!(sandbox.pay_at(&session, "4000000000000002").await.status, 402);
    assert_eq!(sandbox.get("/v1/payment_intents").await.1["data"], json!([]));
    assert_eq!(sandbox.pay_at(&session, "4242424242424242").await.status, 303);
    assert_eq!(sandbox.pay_at_again(&session).await, 303);
    let done = sandbox.session(&session).await;
    assert_eq!((&done["payment_status"], &done["customer"]), (&json!("paid"), &json!(null)));
    let intents = sandbox.get("/v1/payment_intents").await.1;
    assert_eq!(intents["data"].as_array().unwrap().len(), 1);
    let intent = &intents["data"][0];
    assert_eq!(
        (&intent["id"], &intent["status"], &intent["amount"]),
        (&done["payment_intent"], &json!("succeeded"), &json!(5000))
    );
    assert_eq!(intent["metadata"]["order"], "7");
    let session = sandbox.payment(&[("customer_creation", "always")]).await;
    assert_eq!(sandbox.pay_and_confirm(&session, "4000002760003184").await.status, 303);
    let done = sandbox.session(&session).await;
    let customer = sandbox.get(&format!("/v1/customers/{}", done["customer"].as_str().unwrap())).await.1;
    assert_eq!((&customer["email"], &customer["name"]), (&json!("ada@acme.test"), &json!("Ada Lovelace")));
    sandbox.end().await;
}

impl Started {
    /// The form sent once more after the session was completed.
    async fn pay_at_again(&self, session: &Value) -> u16 {
        let open = self.payment(&[]).await;
        let token = self.page(open["url"].as_str().unwrap()).await.hidden("token");
        // The token of another page does not do; the page itself has no form any more.
        let address = session["url"].as_str().unwrap();
        assert_eq!(self.send_with(&token, address, &[("act", "pay")]).await.status, 403);
        let own = crate::portal_acts::token_of(address);
        self.send_with(&own, address, &[("act", "pay")]).await.status.as_u16()
    }
}

#[tokio::test]
async fn a_card_is_saved_with_a_setup_intent() {
    let sandbox = start().await;
    for number in ["4242424242424242", "4000002500003155", "4000002760003184"] {
        let customer = sandbox.customer().await;
        let fields = [
            ("mode", "setup"),
            ("success_url", BACK),
            ("currency", "eur"),
            ("customer", &customer),
            ("setup_intent_data[metadata][org]", "7"),
        ];
        let session = sandbox.made("/v1/checkout/sessions", &fields).await;
        assert_eq!(sandbox.pay_at(&session, "4000000000009995").await.status, 402);
        let asks = number != "4242424242424242";
        let sent =
            if asks { sandbox.pay_and_confirm(&session, number).await } else { sandbox.pay_at(&session, number).await };
        assert_eq!(sent.status, 303, "{number}");
        let done = sandbox.session(&session).await;
        assert_eq!((&done["status"], &done["payment_status"]), (&json!("complete"), &json!("no_payment_required")));
        let intent = sandbox.get(&format!("/v1/setup_intents/{}", done["setup_intent"].as_str().unwrap())).await.1;
        assert_eq!((&intent["status"], &intent["metadata"]["org"]), (&json!("succeeded"), &json!("7")), "{number}");
        let methods = sandbox.get(&format!("/v1/customers/{customer}/payment_methods")).await.1;
        assert_eq!(methods["data"][0]["id"], intent["payment_method"]);
        assert_eq!(methods["data"].as_array().unwrap().len(), 1);
    }
    sandbox.end().await;
}

/// The coupon; a line of 49.00 and one of three times 19.99 make 108.97. Percentages are rounded line by line.
const COUPONS: &[(&[(&str, &str)], &str)] = &[
    (&[("percent_off", "25")], "81.73 EUR"),
    (&[("percent_off", "33.33"), ("duration", "forever")], "72.65 EUR"),
    (&[("amount_off", "1000"), ("currency", "eur")], "98.97 EUR"),
    (&[("amount_off", "99900"), ("currency", "eur"), ("duration", "forever")], "0.00 EUR"),
    (&[("percent_off", "100")], "0.00 EUR"),
];

#[tokio::test]
async fn a_promotion_code_lowers_what_is_due_as_the_invoice_has_it() {
    let sandbox = start().await;
    let seats = sandbox.priced("Seats", "1999", Some("month")).await;
    for (coupon, due) in COUPONS {
        let coupon = id(&sandbox.made("/v1/coupons", coupon).await);
        let text = format!("CODE{}", &coupon[..4]);
        let of = [("promotion[type]", "coupon"), ("promotion[coupon]", coupon.as_str()), ("code", text.as_str())];
        sandbox.made("/v1/promotion_codes", &of).await;
        let lines = [
            ("allow_promotion_codes", "true"),
            ("line_items[1][price]", seats.as_str()),
            ("line_items[1][quantity]", "3"),
        ];
        let session = sandbox.plan_session(&lines).await;
        let address = session["url"].as_str().unwrap();
        let wrong = sandbox.send(address, address, &[("code", "NOSUCH"), ("act", "apply-code")]).await;
        assert_eq!((wrong.status.as_u16(), wrong.text("field-error")), (422, "This code is invalid.".to_owned()));
        let typed = text.to_lowercase();
        let applied = sandbox.send(address, address, &[("code", &typed), ("act", "apply-code")]).await;
        assert_eq!(applied.status, 303, "{}", applied.html);
        let page = sandbox.page(address).await;
        assert_eq!(page.text("due-today"), *due, "{coupon}");
        sandbox.send(address, address, &[("act", "remove-code")]).await;
        assert_eq!(sandbox.page(address).await.text("due-today"), "108.97 EUR");
        sandbox.send(address, address, &[("code", &text), ("act", "apply-code")]).await;
        let open = sandbox.session(&session).await;
        let lines = sandbox.get(&format!("/v1/checkout/sessions/{}/line_items", id(&session))).await.1;
        let of_lines: i64 = lines["data"].as_array().unwrap().iter().filter_map(|l| l["amount_total"].as_i64()).sum();
        assert_eq!(json!(of_lines), open["amount_total"]);
        assert_eq!(sandbox.pay_at(&session, "4242424242424242").await.status, 303);
        let done = sandbox.session(&session).await;
        let invoice = sandbox.get(&format!("/v1/invoices/{}", done["invoice"].as_str().unwrap())).await.1;
        assert_eq!((&invoice["total"], &invoice["status"]), (&open["amount_total"], &json!("paid")), "{coupon}");
        assert_eq!(done["amount_total"], open["amount_total"]);
        assert_eq!(done["total_details"], open["total_details"]);
        assert!(done["discounts"][0]["promotion_code"].is_string());
    }
    sandbox.end().await;
}

#[tokio::test]
async fn a_session_may_bring_its_coupon_and_take_no_codes() {
    let sandbox = start().await;
    let coupon = id(&sandbox.made("/v1/coupons", &[("percent_off", "50"), ("name", "Half")]).await);
    let session = sandbox.plan_session(&[("discounts[0][coupon]", &coupon)]).await;
    assert_eq!((&session["amount_total"], &session["discounts"][0]["coupon"]), (&json!(2450), &json!(coupon)));
    let address = session["url"].as_str().unwrap();
    let page = sandbox.page(address).await;
    assert_eq!((page.text("discount"), page.text("due-today")), ("Half".to_owned(), "24.50 EUR".to_owned()));
    assert!(!page.has("name=\"code\"") && !page.has("remove-code"));
    sandbox.send(address, address, &[("act", "remove-code")]).await;
    assert_eq!(sandbox.page(address).await.text("due-today"), "24.50 EUR");
    assert_eq!(sandbox.send(address, address, &[("act", "apply-code"), ("code", "X")]).await.status, 422);
    sandbox.end().await;
}

#[tokio::test]
async fn a_code_that_wants_more_to_be_bought_is_not_taken() {
    let sandbox = start().await;
    let coupon = id(&sandbox.made("/v1/coupons", &[("percent_off", "50")]).await);
    let code = [
        ("promotion[type]", "coupon"),
        ("promotion[coupon]", coupon.as_str()),
        ("code", "MUCH"),
        ("restrictions[minimum_amount]", "4901"),
        ("restrictions[minimum_amount_currency]", "eur"),
    ];
    let code = id(&sandbox.made("/v1/promotion_codes", &code).await);
    let session = sandbox.plan_session(&[("allow_promotion_codes", "true")]).await;
    let address = session["url"].as_str().unwrap();
    let refused = sandbox.send(address, address, &[("code", "MUCH"), ("act", "apply-code")]).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.text("field-error").contains("minimum amount"), "{}", refused.html);
    assert_eq!(sandbox.page(address).await.text("due-today"), "49.00 EUR");
    let seats = sandbox.priced("Seats", "1", Some("month")).await;
    let more =
        [("allow_promotion_codes", "true"), ("line_items[1][price]", seats.as_str()), ("line_items[1][quantity]", "1")];
    let session = sandbox.plan_session(&more).await;
    let address = session["url"].as_str().unwrap();
    assert_eq!(sandbox.send(address, address, &[("code", "MUCH"), ("act", "apply-code")]).await.status, 303);
    let fields = [
        ("mode", "subscription"),
        ("success_url", BACK),
        ("line_items[0][price]", seats.as_str()),
        ("line_items[0][quantity]", "1"),
        ("discounts[0][promotion_code]", &code),
    ];
    assert_eq!(sandbox.post("/v1/checkout/sessions", &fields).await.0.as_u16(), 400);
    sandbox.end().await;
}

/// What is shown is what is billed, or nothing is.
#[tokio::test]
async fn another_coupon_that_took_the_name_is_not_billed() {
    let sandbox = start().await;
    let half = [("percent_off", "50"), ("id", "HALF")];
    sandbox.made("/v1/coupons", &half).await;
    let session = sandbox.plan_session(&[("discounts[0][coupon]", "HALF")]).await;
    sandbox.delete("/v1/coupons/HALF").await;
    sandbox.made("/v1/coupons", &[("percent_off", "1"), ("id", "HALF")]).await;
    let refused = sandbox.pay_at(&session, "4242424242424242").await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    assert_eq!(sandbox.session(&session).await["status"], "open");
    assert_eq!(sandbox.get("/v1/invoices").await.1["data"], json!([]));
    // The same terms under the same name are the same discount.
    sandbox.delete("/v1/coupons/HALF").await;
    sandbox.made("/v1/coupons", &half).await;
    assert_eq!(sandbox.pay_at(&session, "4242424242424242").await.status, 303);
    assert_eq!(sandbox.session(&session).await["amount_total"], 2450);
    sandbox.end().await;
}

//! The hosted checkout page.

use serde_json::{Value, json};

use crate::browser::{Page, card, fetched};
use crate::started::{START, Started, id, start, start_with};

impl Started {
    /// Fills in the page of a session and pays with a card.
    async fn pay(&self, session: &Value, number: &str) -> Page {
        let address = session["url"].as_str().unwrap();
        let fields = with_email(number);
        let fields: Vec<_> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
        self.send(address, address, &fields).await
    }

    async fn no_trace(&self) {
        assert_eq!(self.get("/v1/customers").await.1["data"], json!([]));
        assert_eq!(self.get("/v1/subscriptions?status=all").await.1["data"], json!([]));
        assert_eq!(self.get("/v1/invoices").await.1["data"], json!([]));
    }
}

fn with_email(number: &str) -> Vec<(&'static str, String)> {
    let mut fields = card(number);
    fields.push(("email", "ada@acme.test".to_owned()));
    fields.push(("act", "pay".to_owned()));
    fields
}

fn success(session: &Value) -> String {
    format!("http://127.0.0.1:3000/billing?session={}", id(session))
}

#[tokio::test]
async fn a_plan_is_bought_once_and_everything_is_there() {
    let sandbox = start().await;
    let session = sandbox.plan_session(&[("subscription_data[metadata][org]", "7")]).await;
    let page = sandbox.page(session["url"].as_str().unwrap()).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.text("due-today"), "49.00 EUR");
    assert!(page.has("Subscribe to Pro") && page.has("href=\"http://127.0.0.1:3000/pricing\""));
    assert!(page.policy.contains("form-action 'self' http://127.0.0.1:3000;"), "{}", page.policy);
    let paid = sandbox.pay(&session, "4242 4242 4242 4242").await;
    assert_eq!((paid.status.as_u16(), paid.location), (303, Some(success(&session))));
    let done = sandbox.session(&session).await;
    assert_eq!(
        (&done["status"], &done["payment_status"], &done["url"]),
        (&json!("complete"), &json!("paid"), &json!(null))
    );
    assert_eq!(done["customer_details"]["email"], "ada@acme.test");
    let subscription = sandbox.get(&format!("/v1/subscriptions/{}", done["subscription"].as_str().unwrap())).await.1;
    assert_eq!((&subscription["status"], &subscription["metadata"]["org"]), (&json!("active"), &json!("7")));
    assert_eq!((&subscription["customer"], &subscription["latest_invoice"]), (&done["customer"], &done["invoice"]));
    let method = subscription["default_payment_method"].as_str().unwrap();
    let method = sandbox.get(&format!("/v1/payment_methods/{method}")).await.1;
    assert_eq!((&method["card"]["last4"], &method["card"]["exp_year"]), (&json!("4242"), &json!(2034)));
    assert_eq!(method["billing_details"]["name"], "Ada Lovelace");
    let again = sandbox.page(session["url"].as_str().unwrap()).await;
    assert_eq!(again.status, 200);
    assert!(again.has("all done") && again.has(&success(&session)));
    sandbox.end().await;
}

#[tokio::test]
async fn the_events_come_in_order_and_the_session_last() {
    let sandbox = start().await;
    let session = sandbox.plan_session(&[]).await;
    sandbox.pay(&session, "4242424242424242").await;
    let kinds = sandbox.kinds().await;
    let place = |kind: &str| kinds.iter().position(|k| k == kind).unwrap_or_else(|| panic!("{kind}: {kinds:?}"));
    let order = [
        "customer.created",
        "payment_method.attached",
        "customer.subscription.created",
        "invoice.paid",
        "checkout.session.completed",
    ];
    let places: Vec<_> = order.iter().map(|kind| place(kind)).collect();
    assert!(places.is_sorted(), "{kinds:?}");
    assert_eq!(place("checkout.session.completed"), kinds.len() - 1, "{kinds:?}");
    let completed = sandbox.events("checkout.session.completed").await;
    assert_eq!(completed.len(), 1);
    assert_eq!(completed[0]["data"]["object"], sandbox.session(&session).await);
    sandbox.end().await;
}

/// Number, what the page says.
const DECLINED: &[(&str, &str)] = &[
    ("4000000000000002", "Your card was declined."),
    ("4000000000009995", "insufficient funds"),
    ("4000000000009987", "Your card was declined."),
    ("4000000000000069", "has expired"),
    ("4000000000000127", "security code is incorrect"),
    ("4000000000000119", "could not be processed"),
    ("4000000000000341", "Your card was declined."),
];

#[tokio::test]
async fn a_declined_card_leaves_no_trace_and_another_one_pays() {
    let sandbox = start().await;
    let session = sandbox.plan_session(&[]).await;
    for (number, words) in DECLINED {
        let page = sandbox.pay(&session, number).await;
        assert_eq!(page.status, 402, "{number}");
        assert!(page.text("declined").contains(words), "{number}: {}", page.text("declined"));
        assert!(!page.has(&format!("value=\"{number}\"")) && !page.has("value=\"123\""), "typed again: {number}");
        assert!(page.has("value=\"ada@acme.test\""), "what was typed is kept");
        sandbox.no_trace().await;
        assert_eq!(sandbox.session(&session).await["status"], "open");
    }
    assert_eq!(sandbox.pay(&session, "5555555555554444").await.status, 303);
    assert_eq!(sandbox.get("/v1/subscriptions").await.1["data"].as_array().unwrap().len(), 1);
    sandbox.end().await;
}

/// Field, value, part of what is said.
const WRONG: &[(&str, &str, &str)] = &[
    ("number", "4242424242424241", "public test cards only"),
    ("number", "4539578763621486", "public test cards only"),
    ("number", "", "Enter the number"),
    ("expiry", "10/26", "expired"),
    ("expiry", "13/30", "MM / YY"),
    ("cvc", "12", "3 digits"),
    ("name", " ", "name on the card"),
    ("country", "XX", "country"),
    ("email", "ada", "e-mail"),
];

#[tokio::test]
async fn what_is_wrong_with_a_field_stands_beside_it() {
    let sandbox = start().await;
    let session = sandbox.plan_session(&[]).await;
    let address = session["url"].as_str().unwrap();
    for (field, value, words) in WRONG {
        let mut fields = with_email("4242424242424242");
        for (key, kept) in &mut fields {
            if key == field {
                (*value).clone_into(kept);
            }
        }
        let fields: Vec<_> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let page = sandbox.send(address, address, &fields).await;
        assert_eq!(page.status, 422, "{field} {value}");
        let beside = page.html.split_once(&format!("id=\"{field}-error\"")).unwrap().1;
        let said = beside.split_once('>').unwrap().1.split_once('<').unwrap().0;
        assert!(said.contains(words), "{field} {value}: {said}");
        assert_eq!(page.shown("field-error").len(), 1);
        assert!(!page.has("value=\"4242424242424242\"") && !page.has("value=\"4539578763621486\""));
    }
    sandbox.no_trace().await;
    sandbox.end().await;
}

#[tokio::test]
async fn three_d_secure_is_asked_and_its_answer_counts() {
    let sandbox = start().await;
    for number in ["4000002500003155", "4000002760003184", "4000000000003220"] {
        let session = sandbox.plan_session(&[]).await;
        let question = format!("/c/pay/{}/authenticate", id(&session));
        let asked = sandbox.pay(&session, number).await;
        assert_eq!((asked.status.as_u16(), asked.location.as_deref()), (303, Some(question.as_str())), "{number}");
        assert_eq!(sandbox.session(&session).await["status"], "open");
        let attempt = sandbox.page(&question).await.hidden("attempt");
        let failed = sandbox.send(&question, &question, &[("attempt", &attempt), ("act", "fail")]).await;
        assert_eq!(failed.status, 402);
        assert!(failed.text("declined").contains("could not confirm"));
        // That attempt is over: the question leads back to the page.
        assert_eq!(sandbox.page(&question).await.status, 303);
        sandbox.pay(&session, number).await;
        let attempt = sandbox.page(&question).await.hidden("attempt");
        let passed = sandbox.send(&question, &question, &[("attempt", &attempt), ("act", "complete")]).await;
        assert_eq!((passed.status.as_u16(), passed.location), (303, Some(success(&session))), "{number}");
        let done = sandbox.session(&session).await;
        assert_eq!((&done["status"], &done["payment_status"]), (&json!("complete"), &json!("paid")));
        let subscription = done["subscription"].as_str().unwrap();
        assert_eq!(sandbox.get(&format!("/v1/subscriptions/{subscription}")).await.1["status"], "active", "{number}");
    }
    sandbox.end().await;
}

#[tokio::test]
async fn three_d_secure_passed_and_then_no_money() {
    let sandbox = start().await;
    let session = sandbox.plan_session(&[]).await;
    let question = format!("/c/pay/{}/authenticate", id(&session));
    sandbox.pay(&session, "4000008260003178").await;
    let attempt = sandbox.page(&question).await.hidden("attempt");
    let page = sandbox.send(&question, &question, &[("attempt", &attempt), ("act", "complete")]).await;
    assert_eq!(page.status, 402);
    assert!(page.text("declined").contains("insufficient funds"), "{}", page.text("declined"));
    sandbox.no_trace().await;
    sandbox.end().await;
}

#[tokio::test]
async fn a_second_tab_makes_the_first_tabs_question_void() {
    let sandbox = start().await;
    let session = sandbox.plan_session(&[]).await;
    let question = format!("/c/pay/{}/authenticate", id(&session));
    sandbox.pay(&session, "4000002760003184").await;
    let first = sandbox.page(&question).await.hidden("attempt");
    sandbox.pay(&session, "4000002500003155").await;
    let page = sandbox.send(&question, &question, &[("attempt", &first), ("act", "complete")]).await;
    assert_eq!(page.status, 409);
    sandbox.no_trace().await;
    let second = sandbox.page(&question).await.hidden("attempt");
    assert_eq!(sandbox.send(&question, &question, &[("attempt", &second), ("act", "complete")]).await.status, 303);
    sandbox.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tabs_that_pay_at_the_same_moment_pay_once() {
    let sandbox = start().await;
    let session = sandbox.plan_session(&[]).await;
    let address = session["url"].as_str().unwrap();
    let token = sandbox.page(address).await.hidden("token");
    let fields = with_email("4242424242424242");
    let fields: Vec<_> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let mut tabs = tokio::task::JoinSet::new();
    for _ in 0..16 {
        tabs.spawn(fetched(sandbox.form(&token, address, &fields)));
    }
    for tab in tabs.join_all().await {
        assert_eq!((tab.status.as_u16(), tab.location), (303, Some(success(&session))));
    }
    for path in ["/v1/customers", "/v1/subscriptions?status=all", "/v1/invoices"] {
        assert_eq!(sandbox.get(path).await.1["data"].as_array().unwrap().len(), 1, "{path}");
    }
    assert_eq!(sandbox.events("checkout.session.completed").await.len(), 1);
    sandbox.end().await;
}

#[tokio::test]
async fn a_form_from_elsewhere_is_refused() {
    let sandbox = start().await;
    let session = sandbox.plan_session(&[]).await;
    let other = sandbox.plan_session(&[]).await;
    let address = session["url"].as_str().unwrap();
    let fields = with_email("4242424242424242");
    let fields: Vec<_> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let of_other = sandbox.page(other["url"].as_str().unwrap()).await.hidden("token");
    let own = sandbox.page(address).await.hidden("token");
    assert_eq!(sandbox.send_with(&of_other, address, &fields).await.status, 403);
    assert_eq!(sandbox.send_with("", address, &fields).await.status, 403);
    let cross = sandbox.form(&own, address, &fields).header("sec-fetch-site", "cross-site");
    assert_eq!(fetched(cross).await.status, 403);
    assert_eq!(sandbox.page("/c/pay/cs_test_none").await.status, 404);
    sandbox.no_trace().await;
    sandbox.end().await;
}

#[tokio::test]
async fn time_that_ran_out_on_the_open_page_is_found_when_it_is_sent() {
    let sandbox = start().await;
    let session = sandbox.plan_session(&[("expires_at", &(START + 1800).to_string())]).await;
    let address = session["url"].as_str().unwrap();
    let token = sandbox.page(address).await.hidden("token");
    sandbox.clock.advance(1800);
    let fields = with_email("4242424242424242");
    let fields: Vec<_> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
    assert_eq!(sandbox.send_with(&token, address, &fields).await.status, 410);
    sandbox.no_trace().await;
    sandbox.end().await;
}

#[tokio::test]
async fn a_trial_starts_with_a_card_or_without_one() {
    let sandbox = start().await;
    let trial = ("subscription_data[trial_period_days]", "7");
    let session = sandbox.plan_session(&[trial]).await;
    let page = sandbox.page(session["url"].as_str().unwrap()).await;
    assert_eq!(page.text("trial-text"), "7 days free, then 49.00 EUR per month");
    assert_eq!(page.text("due-today"), "0.00 EUR");
    assert_eq!(sandbox.pay(&session, "4242424242424242").await.status, 303);
    let done = sandbox.session(&session).await;
    assert_eq!(done["payment_status"], "no_payment_required");
    let subscription = sandbox.get(&format!("/v1/subscriptions/{}", done["subscription"].as_str().unwrap())).await.1;
    assert_eq!((&subscription["status"], &subscription["trial_end"]), (&json!("trialing"), &json!(START + 7 * 86_400)));
    assert!(subscription["default_payment_method"].is_string());

    let end = ("subscription_data[trial_settings][end_behavior][missing_payment_method]", "cancel");
    let session = sandbox.plan_session(&[trial, end, ("payment_method_collection", "if_required")]).await;
    let address = session["url"].as_str().unwrap();
    assert!(!sandbox.page(address).await.has("name=\"number\""));
    let sent = sandbox.send(address, address, &[("email", "ada@acme.test"), ("act", "pay")]).await;
    assert_eq!(sent.status, 303);
    let done = sandbox.session(&session).await;
    let subscription = sandbox.get(&format!("/v1/subscriptions/{}", done["subscription"].as_str().unwrap())).await.1;
    assert_eq!((&subscription["status"], &subscription["default_payment_method"]), (&json!("trialing"), &json!(null)));
    sandbox.end().await;
}

#[tokio::test]
async fn a_known_customer_is_not_asked_again() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    let session = sandbox.plan_session(&[("customer", &customer)]).await;
    let page = sandbox.page(session["url"].as_str().unwrap()).await;
    assert_eq!(page.text("email"), "owner@acme.test");
    assert!(!page.has("name=\"email\""));
    assert_eq!(sandbox.pay(&session, "4242424242424242").await.status, 303);
    let done = sandbox.session(&session).await;
    assert_eq!(done["customer"], json!(customer));
    assert_eq!(sandbox.get("/v1/customers").await.1["data"].as_array().unwrap().len(), 1);
    assert_eq!(sandbox.get(&format!("/v1/customers/{customer}")).await.1["name"], "Acme");
    sandbox.end().await;
}

#[tokio::test]
async fn no_number_is_kept_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let sandbox = start_with(Some(file.clone())).await;
    for number in ["4242424242424242", "4000002760003184", "4000000000000002", "4539578763621486"] {
        let session = sandbox.plan_session(&[]).await;
        sandbox.pay(&session, number).await;
    }
    let state = std::fs::read_to_string(&file).unwrap();
    let log = json!(sandbox.log().await).to_string();
    for text in [state, log] {
        for part in ["42424242", "4000002760003184", "4539578763621486"] {
            assert!(!text.contains(part), "{part}");
        }
    }
    sandbox.end().await;
}

#[tokio::test]
async fn a_payment_that_waits_for_the_bank_outlives_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let sandbox = start_with(Some(file.clone())).await;
    let session = sandbox.plan_session(&[]).await;
    sandbox.pay(&session, "4000002760003184").await;
    sandbox.end().await;
    let sandbox = start_with(Some(file)).await;
    let question = format!("/c/pay/{}/authenticate", id(&session));
    let attempt = sandbox.page(&question).await.hidden("attempt");
    let passed = sandbox.send(&question, &question, &[("attempt", &attempt), ("act", "complete")]).await;
    assert_eq!((passed.status.as_u16(), passed.location), (303, Some(success(&session))));
    assert_eq!(sandbox.session(&session).await["payment_status"], "paid");
    let invoice = sandbox.get("/v1/invoices").await.1["data"][0].clone();
    let page = invoice["hosted_invoice_url"].as_str().unwrap().to_owned();
    assert_eq!(sandbox.page(&page).await.text("invoice-status"), "Paid");
    sandbox.end().await;
}

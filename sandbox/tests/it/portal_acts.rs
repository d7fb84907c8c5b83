//! The portal that acts: what people may do, and what a forged post may not.

use serde_json::{Value, json};

use crate::browser::{card, fetched};
use crate::started::{Fields, START, Started, id, start};
use crate::subscriptions::subscribed;

/// Everything on, with reasons and updates.
pub const ALL_ON: &[(&str, &str)] = &[
    ("features[customer_update][enabled]", "true"),
    ("features[customer_update][allowed_updates][0]", "email"),
    ("features[customer_update][allowed_updates][1]", "address"),
    ("features[invoice_history][enabled]", "true"),
    ("features[payment_method_update][enabled]", "true"),
    ("features[subscription_cancel][enabled]", "true"),
    ("features[subscription_cancel][cancellation_reason][enabled]", "true"),
    ("features[subscription_cancel][cancellation_reason][options][0]", "too_expensive"),
    ("features[subscription_cancel][cancellation_reason][options][1]", "other"),
];

impl Started {
    pub async fn configuration(&self, fields: Fields<'_>) -> String {
        id(&self.made("/v1/billing_portal/configurations", fields).await)
    }

    /// The address of a portal session.
    pub async fn portal(&self, customer: &str, configuration: &str, more: Fields<'_>) -> String {
        let mut fields = vec![
            ("customer", customer),
            ("configuration", configuration),
            ("return_url", "http://127.0.0.1:3000/back"),
        ];
        fields.extend(more);
        let session = self.made("/v1/billing_portal/sessions", &fields).await;
        session["url"].as_str().unwrap().to_owned()
    }

    pub async fn subscription(&self, subscription: &str) -> Value {
        self.get(&format!("/v1/subscriptions/{subscription}")).await.1
    }

    async fn add_card(&self, portal: &str, number: &str) -> crate::browser::Page {
        let page = format!("{portal}/payment-methods/add");
        let fields = card(number);
        let fields: Vec<_> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
        self.send(&page, &page, &fields).await
    }
}

#[tokio::test]
async fn a_plan_is_cancelled_with_a_reason_and_kept_after_all() {
    let sandbox = start().await;
    let (customer, subscription) = subscribed(&sandbox).await;
    let configuration = sandbox.configuration(ALL_ON).await;
    let portal = sandbox.portal(&customer, &configuration, &[]).await;
    let page = format!("{portal}/subscriptions/{}/cancel", id(&subscription));
    let shown = sandbox.page(&page).await;
    assert!(shown.text("cancel-effect").contains("until 21 December 2026"), "{}", shown.html);
    assert!(shown.has("value=\"too_expensive\"") && !shown.has("value=\"unused\""));
    let unasked = sandbox.send(&page, &page, &[("feedback", "unused")]).await;
    assert_eq!(unasked.status, 422);
    let sent = sandbox.send(&page, &page, &[("feedback", "too_expensive"), ("comment", " too <b>dear</b> ")]).await;
    assert_eq!(sent.status, 303);
    let now = sandbox.subscription(&id(&subscription)).await;
    // Of flexible billing: the day is set, and the flag is not.
    assert_eq!((&now["status"], &now["cancel_at_period_end"]), (&json!("active"), &json!(false)));
    assert_eq!(now["cancel_at"], now["items"]["data"][0]["current_period_end"]);
    let details = &now["cancellation_details"];
    assert_eq!((&details["feedback"], &details["comment"]), (&json!("too_expensive"), &json!("too <b>dear</b>")));
    assert_eq!(details["reason"], "cancellation_requested");
    let home = sandbox.page(&portal).await;
    assert_eq!(home.text("renewal"), "Ends on 21 December 2026 and does not renew");
    assert_eq!(home.shown("resume").len(), 1);
    let resume = format!("{portal}/subscriptions/{}/resume", id(&subscription));
    assert_eq!(sandbox.send(&portal, &resume, &[]).await.status, 303);
    let now = sandbox.subscription(&id(&subscription)).await;
    assert_eq!((&now["cancel_at_period_end"], &now["cancel_at"]), (&json!(false), &json!(null)));
    assert_eq!(sandbox.page(&portal).await.text("renewal"), "Renews on 21 December 2026");
    // The flag, set by the API, is taken back as well; and who is to end can't be canceled again.
    sandbox.made(&format!("/v1/subscriptions/{}", id(&subscription)), &[("cancel_at_period_end", "true")]).await;
    assert_eq!(sandbox.page(&portal).await.shown("resume").len(), 1);
    assert_eq!(sandbox.send(&portal, &resume, &[]).await.status, 303);
    let now = sandbox.subscription(&id(&subscription)).await;
    assert_eq!((&now["cancel_at_period_end"], &now["cancel_at"]), (&json!(false), &json!(null)));
    sandbox.end().await;
}

#[tokio::test]
async fn a_plan_can_end_at_once_where_that_is_configured() {
    let sandbox = start().await;
    let (customer, subscription) = subscribed(&sandbox).await;
    let at_once =
        [("features[subscription_cancel][enabled]", "true"), ("features[subscription_cancel][mode]", "immediately")];
    let configuration = sandbox.configuration(&at_once).await;
    let portal = sandbox.portal(&customer, &configuration, &[]).await;
    let page = format!("{portal}/subscriptions/{}/cancel", id(&subscription));
    assert!(sandbox.page(&page).await.text("cancel-effect").contains("ends now"));
    let sent = sandbox.send(&page, &page, &[("feedback", "other")]).await;
    assert_eq!(sent.status, 303);
    let now = sandbox.subscription(&id(&subscription)).await;
    assert_eq!((&now["status"], &now["ended_at"]), (&json!("canceled"), &json!(START)));
    // The portal did not ask why, so nothing was said.
    assert_eq!(now["cancellation_details"]["feedback"], json!(null));
    assert_eq!(sandbox.page(&portal).await.text("plan"), "No current plan");
    // Sent twice: nothing more happens.
    assert_eq!(sandbox.send_with(&token_of(&portal), &page, &[]).await.status, 303);
    assert_eq!(sandbox.page(&page).await.status, 404);
    sandbox.end().await;
}

#[tokio::test]
async fn a_feature_that_is_off_is_off_for_forged_posts_too() {
    let sandbox = start().await;
    let (customer, subscription) = subscribed(&sandbox).await;
    let nothing = sandbox.configuration(&[("features[invoice_history][enabled]", "false")]).await;
    let on = sandbox.configuration(ALL_ON).await;
    let portal = sandbox.portal(&customer, &nothing, &[]).await;
    // The token is the session's, so a page of any other kind has the right one; there is none here.
    let home = sandbox.page(&portal).await;
    assert!(!home.has("<form") && !home.has("Invoices") && !home.has("Cancel plan") && !home.has("Add payment"));
    let token = token_of(&portal);
    let method = subscription["default_payment_method"].as_str().unwrap();
    let subscription = id(&subscription);
    for path in [
        format!("subscriptions/{subscription}/cancel"),
        format!("subscriptions/{subscription}/resume"),
        format!("subscriptions/{subscription}/confirm"),
        "payment-methods/add".to_owned(),
        format!("payment-methods/{method}/default"),
        format!("payment-methods/{method}/remove"),
        "customer".to_owned(),
    ] {
        let forged = [("email", "x@y.test"), ("act", "confirm")];
        let sent = sandbox.send_with(&token, &format!("{portal}/{path}"), &forged).await;
        assert_eq!(sent.status, 403, "{path}");
    }
    assert_eq!(sandbox.subscription(&subscription).await["cancel_at"], json!(null));
    // The same posts with the features on are not refused for the token.
    let portal = sandbox.portal(&customer, &on, &[]).await;
    let page = format!("{portal}/subscriptions/{subscription}/cancel");
    assert_eq!(sandbox.page(&page).await.hidden("token"), token_of(&portal));
    sandbox.end().await;
}

/// The token that the pages of a session carry, worked out as they do.
pub fn token_of(portal: &str) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use sha2::{Digest, Sha256};
    let secret = portal.rsplit('/').next().unwrap();
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("form of the hosted page {secret}")))
}

#[tokio::test]
async fn other_customers_things_are_out_of_reach() {
    let sandbox = start().await;
    let (mine, _) = subscribed(&sandbox).await;
    let (theirs, subscription) = subscribed(&sandbox).await;
    let method = subscription["default_payment_method"].as_str().unwrap().to_owned();
    let configuration = sandbox.configuration(ALL_ON).await;
    let portal = sandbox.portal(&mine, &configuration, &[]).await;
    sandbox.page(&portal).await;
    let token = token_of(&portal);
    let subscription = id(&subscription);
    for path in [
        format!("subscriptions/{subscription}/cancel"),
        format!("subscriptions/{subscription}/resume"),
        format!("payment-methods/{method}/default"),
        format!("payment-methods/{method}/remove"),
        "subscriptions/sub_none/cancel".to_owned(),
        "payment-methods/pm_none/remove".to_owned(),
    ] {
        let sent = sandbox.send_with(&token, &format!("{portal}/{path}"), &[]).await;
        assert_eq!(sent.status, 404, "{path}");
    }
    assert_eq!(sandbox.page(&format!("{portal}/subscriptions/{subscription}/cancel")).await.status, 404);
    assert_eq!(sandbox.subscription(&subscription).await["cancel_at"], json!(null));
    assert_eq!(sandbox.get(&format!("/v1/payment_methods/{method}")).await.1["customer"], json!(theirs));
    // Another session's token does not open this one.
    let other = sandbox.portal(&theirs, &configuration, &[]).await;
    sandbox.page(&other).await;
    let path = format!("{other}/subscriptions/{subscription}/cancel");
    assert_eq!(sandbox.send_with(&token, &path, &[]).await.status, 403);
    let cross = sandbox.form(&token_of(&other), &path, &[]).header("sec-fetch-site", "cross-site");
    assert_eq!(fetched(cross).await.status, 403);
    assert_eq!(sandbox.subscription(&subscription).await["cancel_at"], json!(null));
    sandbox.end().await;
}

#[tokio::test]
async fn cards_are_added_chosen_and_removed() {
    let sandbox = start().await;
    let (customer, subscription) = subscribed(&sandbox).await;
    let first = subscription["default_payment_method"].as_str().unwrap().to_owned();
    let configuration = sandbox.configuration(ALL_ON).await;
    let portal = sandbox.portal(&customer, &configuration, &[]).await;
    assert_eq!(sandbox.add_card(&portal, "4242424242424241").await.status, 422);
    assert_eq!(sandbox.add_card(&portal, "5555555555554444").await.status, 303);
    let now = sandbox.subscription(&id(&subscription)).await;
    let second = now["default_payment_method"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let owner = sandbox.get(&format!("/v1/customers/{customer}")).await.1;
    assert_eq!(owner["invoice_settings"]["default_payment_method"], json!(second));
    let home = sandbox.page(&portal).await;
    assert_eq!(home.shown("payment-method"), ["Mastercard ending in 4444"]);
    assert_eq!(home.shown("other-method"), ["Visa ending in 4242"]);
    let at = |method: &str, deed: &str| format!("{portal}/payment-methods/{method}/{deed}");
    // The one that is charged stays.
    assert_eq!(sandbox.send(&portal, &at(&second, "remove"), &[]).await.status, 409);
    assert_eq!(sandbox.send(&portal, &at(&first, "default"), &[]).await.status, 303);
    assert_eq!(sandbox.send(&portal, &at(&second, "remove"), &[]).await.status, 303);
    assert_eq!(sandbox.subscription(&id(&subscription)).await["default_payment_method"], json!(first));
    assert_eq!(sandbox.get(&format!("/v1/payment_methods/{second}")).await.1["customer"], json!(null));
    sandbox.end().await;
}

#[tokio::test]
async fn a_card_that_asks_is_saved_once_the_bank_is_answered() {
    let sandbox = start().await;
    let (customer, subscription) = subscribed(&sandbox).await;
    let before = subscription["default_payment_method"].clone();
    let configuration = sandbox.configuration(ALL_ON).await;
    let portal = sandbox.portal(&customer, &configuration, &[]).await;
    let question = format!("{portal}/payment-methods/authenticate");
    for (act, status) in [("fail", 402), ("complete", 303)] {
        let asked = sandbox.add_card(&portal, "4000002500003155").await;
        assert!(question.ends_with(&asked.location.unwrap()));
        assert_eq!(sandbox.subscription(&id(&subscription)).await["default_payment_method"], before);
        let attempt = sandbox.page(&question).await.hidden("attempt");
        let answered = sandbox.send(&question, &question, &[("attempt", &attempt), ("act", act)]).await;
        assert_eq!(answered.status, status, "{act}");
    }
    assert_eq!(sandbox.page(&portal).await.shown("payment-method"), ["Visa ending in 3155"]);
    sandbox.end().await;
}

#[tokio::test]
async fn billing_information_changes_only_as_far_as_allowed() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    let configuration = sandbox.configuration(ALL_ON).await;
    let portal = sandbox.portal(&customer, &configuration, &[]).await;
    let page = format!("{portal}/customer");
    let address = [("line1", "Hauptstr. 1"), ("city", "Berlin"), ("postal_code", "10115"), ("country", "DE")];
    let mut fields = vec![("email", "new@acme.test"), ("name", "Somebody else"), ("phone", "1")];
    fields.extend(address);
    assert_eq!(sandbox.send(&page, &page, &[("email", "nobody"), ("country", "DE")]).await.status, 422);
    assert_eq!(sandbox.send(&page, &page, &fields).await.status, 303);
    let now = sandbox.get(&format!("/v1/customers/{customer}")).await.1;
    assert_eq!((&now["email"], &now["address"]["city"]), (&json!("new@acme.test"), &json!("Berlin")));
    assert_eq!((&now["name"], &now["phone"]), (&json!("Acme"), &json!(null)));
    sandbox.end().await;
}

#[tokio::test]
async fn a_flow_does_one_thing_and_leads_back() {
    let sandbox = start().await;
    let (customer, subscription) = subscribed(&sandbox).await;
    let subscription = id(&subscription);
    let configuration = sandbox.configuration(ALL_ON).await;
    let to = "http://127.0.0.1:3000/after";
    let flow = [
        ("flow_data[type]", "subscription_cancel"),
        ("flow_data[subscription_cancel][subscription]", subscription.as_str()),
        ("flow_data[after_completion][type]", "redirect"),
        ("flow_data[after_completion][redirect][return_url]", to),
    ];
    let portal = sandbox.portal(&customer, &configuration, &flow).await;
    let cancel = format!("{portal}/subscriptions/{subscription}/cancel");
    let first = sandbox.page(&portal).await;
    assert_eq!(
        (first.status.as_u16(), first.location.unwrap()),
        (303, cancel.split_once("/p/").map(|(_, p)| format!("/p/{p}")).unwrap())
    );
    let shown = sandbox.page(&cancel).await;
    assert!(!shown.has("Keep plan") && shown.policy.contains("form-action 'self' http://127.0.0.1:3000;"));
    // Nothing else can be done meanwhile, though the configuration has it on.
    assert_eq!(sandbox.page(&format!("{portal}/customer")).await.status, 403);
    let sent = sandbox.send(&cancel, &cancel, &[]).await;
    assert_eq!((sent.status.as_u16(), sent.location.as_deref()), (303, Some(to)));
    assert!(sandbox.subscription(&subscription).await["cancel_at"].is_i64());
    assert_eq!(sandbox.page(&portal).await.location.unwrap(), format!("/p{}/done", portal.split_once("/p").unwrap().1));
    let done = sandbox.page(&format!("{portal}/done")).await;
    assert!(done.has(to));
    sandbox.end().await;
}

#[tokio::test]
async fn flows_confirm_with_words_or_lead_home_and_are_checked() {
    let sandbox = start().await;
    let (customer, subscription) = subscribed(&sandbox).await;
    let (_, other) = subscribed(&sandbox).await;
    let configuration = sandbox.configuration(ALL_ON).await;
    let card_flow = [
        ("flow_data[type]", "payment_method_update"),
        ("flow_data[after_completion][type]", "hosted_confirmation"),
        ("flow_data[after_completion][hosted_confirmation][custom_message]", "Thank you <3"),
    ];
    let portal = sandbox.portal(&customer, &configuration, &card_flow).await;
    let added = sandbox.add_card(&portal, "5555555555554444").await;
    assert!(added.location.unwrap().ends_with("/done"));
    assert_eq!(sandbox.page(&format!("{portal}/done")).await.text("flow-done"), "Thank you &lt;3");
    let portal = sandbox.portal(&customer, &configuration, &[("flow_data[type]", "payment_method_update")]).await;
    sandbox.add_card(&portal, "4242424242424242").await;
    assert_eq!(sandbox.page(&portal).await.shown("customer-id"), [customer.as_str()]);
    let wrong: [(&[(&str, &str)], u16); 4] = [
        (&[("flow_data[type]", "subscription_update")], 400),
        (&[("flow_data[type]", "subscription_cancel")], 400),
        (
            &[
                ("flow_data[type]", "subscription_cancel"),
                ("flow_data[subscription_cancel][subscription]", other["id"].as_str().unwrap()),
            ],
            400,
        ),
        (
            &[
                ("flow_data[type]", "subscription_cancel"),
                ("flow_data[subscription_cancel][subscription]", subscription["id"].as_str().unwrap()),
                ("flow_data[subscription_cancel][retention][type]", "coupon_offer"),
                ("flow_data[subscription_cancel][retention][coupon_offer][coupon]", "x"),
            ],
            501,
        ),
    ];
    for (fields, status) in wrong {
        let mut all = vec![("customer", customer.as_str()), ("configuration", configuration.as_str())];
        all.extend(fields);
        assert_eq!(sandbox.post("/v1/billing_portal/sessions", &all).await.0, status, "{fields:?}");
    }
    sandbox.end().await;
}

//! `expand[]`: what the contract marks expandable, as deep as Stripe goes, and nothing else.

use serde_json::{Value, json};

use crate::started::{Started, answered, id, start};
use crate::subscriptions::subscribed;

/// The answer to a GET with one path to expand.
async fn expanded(sandbox: &Started, path: &str, expand: &str) -> (u16, Value) {
    let with = if path.contains('?') { '&' } else { '?' };
    let (status, body) = sandbox.get(&format!("{path}{with}expand[]={expand}")).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn only_what_is_marked_expandable_is_expanded() {
    let sandbox = start().await;
    let (customer, subscription) = subscribed(&sandbox).await;
    let path = format!("/v1/customers/{customer}");
    // Texts that are ids, and are not fields that name an object.
    sandbox.made(&path, &[("metadata[friend]", &customer), ("description", &customer)]).await;
    let of_subscription = format!("/v1/subscriptions/{}", id(&subscription));
    for (path, expand, at) in [
        (path.as_str(), "id", "id"),
        (&path, "description", "description"),
        (&path, "metadata.friend", "friend"),
        (&path, "metadata", "metadata"),
        (&path, "address", "address"),
        (&path, "subscriptions.data.customer.name", "name"),
        (&of_subscription, "items", "items"),
        (&of_subscription, "items.data.price", "price"),
        (&of_subscription, "items.data.subscription", "subscription"),
        (&of_subscription, "latest_invoice.nonsense", "nonsense"),
        // Nothing stands there now; the path is wrong all the same.
        (&of_subscription, "schedule.nonsense", "nonsense"),
        (&of_subscription, "", ""),
        ("/v1/customers", "email", "email"),
        ("/v1/customers", "data", "data"),
    ] {
        let (status, body) = expanded(&sandbox, path, expand).await;
        assert_eq!(status, 400, "{path} {expand}: {body}");
        let message = format!("This property cannot be expanded ({at}).");
        assert!(body["error"]["message"].as_str().unwrap().starts_with(&message), "{expand}: {body}");
        assert_eq!(body["error"]["type"], "invalid_request_error", "{expand}");
    }
    let (_, body) = expanded(&sandbox, "/v1/subscriptions", "customer").await;
    assert!(body["error"]["message"].as_str().unwrap().contains("expanding 'data.customer' instead"), "{body}");
    sandbox.end().await;
}

#[tokio::test]
async fn what_is_marked_is_expanded_wherever_it_stands() {
    let sandbox = start().await;
    let (customer, subscription) = subscribed(&sandbox).await;
    let of = format!("/v1/subscriptions/{}", id(&subscription));
    let invoices = format!("/v1/invoices?customer={customer}");
    for (path, expand, pointer, object) in [
        (of.as_str(), "customer", "/customer", "customer"),
        (&of, "items.data.price.product", "/items/data/0/price/product", "product"),
        (&of, "latest_invoice.customer", "/latest_invoice/customer", "customer"),
        (&of, "default_payment_method.customer", "/default_payment_method/customer", "customer"),
        (&invoices, "data.payments", "/data/0/payments", "list"),
        (
            &invoices,
            "data.parent.subscription_details.subscription",
            "/data/0/parent/subscription_details/subscription",
            "subscription",
        ),
    ] {
        let (status, body) = expanded(&sandbox, path, expand).await;
        assert_eq!(status, 200, "{path} {expand}: {body}");
        assert_eq!(body.pointer(pointer).unwrap()["object"], object, "{path} {expand}: {body}");
    }
    // What is null stays null.
    let (status, body) = expanded(&sandbox, &of, "schedule").await;
    assert_eq!((status, &body["schedule"]), (200, &json!(null)));
    // What the sandbox does not have it does not pretend to have.
    let (status, body) = expanded(&sandbox, &format!("/v1/customers/{customer}"), "tax_ids").await;
    assert_eq!((status, &body["error"]["code"]), (501, &json!("sandbox_not_modelled")));
    sandbox.end().await;
}

#[tokio::test]
async fn four_levels_are_followed_and_no_more() {
    let sandbox = start().await;
    let (customer, _) = subscribed(&sandbox).await;
    let list = format!("/v1/subscriptions?customer={customer}");
    // Stripe counts the `data` of lists.
    let (status, body) = expanded(&sandbox, &list, "data.items.data.price.product").await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!("property_expansion_max_depth")), "{body}");
    let customer = format!("/v1/customers/{customer}");
    assert_eq!(expanded(&sandbox, &customer, "subscriptions.data.latest_invoice.customer").await.0, 200);
    assert_eq!(expanded(&sandbox, &customer, "subscriptions.data.latest_invoice.customer.name").await.0, 400);
    sandbox.end().await;
}

#[tokio::test]
async fn a_wrong_expansion_undoes_what_was_made_with_it() {
    let sandbox = start().await;
    let made = sandbox.post_request("/v1/customers", &[("name", "Acme"), ("expand[]", "id")]);
    assert_eq!(answered(made).await.0, 400);
    assert_eq!(sandbox.get("/v1/customers").await.1["data"], json!([]));
    sandbox.end().await;
}

//! Customers: state, lists, search.

use serde_json::{Value, json};

use crate::started::{Started, id, start};

async fn many(sandbox: &Started, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        sandbox.clock.advance(10);
        let email = format!("{}@acme.test", number % 2);
        let number = number.to_string();
        let fields = [("email", email.as_str()), ("metadata[number]", number.as_str())];
        ids.push(id(&sandbox.made("/v1/customers", &fields).await));
    }
    ids
}

fn ids(list: &Value) -> Vec<String> {
    list["data"].as_array().unwrap().iter().map(id).collect()
}

#[tokio::test]
async fn metadata_is_merged_and_fields_are_unset() {
    let sandbox = start().await;
    let fields = [("name", "Acme"), ("metadata[a]", "1"), ("metadata[b]", "2"), ("address[city]", "Bern")];
    let made = sandbox.made("/v1/customers", &fields).await;
    assert_eq!(made["address"]["city"], "Bern");
    assert_eq!(made["address"]["line1"], json!(null));
    assert_eq!(made["livemode"], false);
    let path = format!("/v1/customers/{}", id(&made));
    let fields = [("name", ""), ("metadata[a]", ""), ("metadata[c]", "3"), ("address", "")];
    let changed = sandbox.made(&path, &fields).await;
    assert_eq!(changed["metadata"], json!({"b": "2", "c": "3"}));
    assert_eq!((&changed["name"], &changed["address"]), (&json!(null), &json!(null)));
    assert_eq!(sandbox.get(&path).await.1, changed);
    assert_eq!(sandbox.made(&path, &[("metadata", "")]).await["metadata"], json!({}));
    sandbox.end().await;
}

#[tokio::test]
async fn a_deleted_customer_leaves_a_stub() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    let path = format!("/v1/customers/{customer}");
    let stub = json!({"id": customer, "object": "customer", "deleted": true});
    assert_eq!(sandbox.delete(&path).await.1, stub);
    assert_eq!(sandbox.get(&path).await.1, stub);
    assert_eq!(sandbox.delete(&path).await.0, 404);
    assert_eq!(sandbox.post(&path, &[("name", "x")]).await.0, 404);
    assert_eq!(sandbox.get("/v1/customers").await.1["data"], json!([]));
    let (status, body) = sandbox.post("/v1/billing_portal/sessions", &[("customer", &customer)]).await;
    assert_eq!((status.as_u16(), &body["error"]["code"]), (400, &json!("resource_missing")));
    assert_eq!(sandbox.get("/v1/customers/cus_none").await.0, 404);
    sandbox.end().await;
}

#[tokio::test]
async fn lists_are_paged_both_ways_and_filtered() {
    let sandbox = start().await;
    let mut newest_first = many(&sandbox, 7).await;
    newest_first.reverse();
    let first = sandbox.get("/v1/customers?limit=3").await.1;
    assert_eq!((ids(&first).as_slice(), &first["has_more"]), (&newest_first[..3], &json!(true)));
    let next = sandbox.get(&format!("/v1/customers?limit=4&starting_after={}", newest_first[2])).await.1;
    assert_eq!((ids(&next).as_slice(), &next["has_more"]), (&newest_first[3..], &json!(false)));
    let before = sandbox.get(&format!("/v1/customers?limit=2&ending_before={}", newest_first[3])).await.1;
    assert_eq!((ids(&before).as_slice(), &before["has_more"]), (&newest_first[1..3], &json!(true)));
    let by_email = sandbox.get("/v1/customers?email=1%40acme.test").await.1;
    assert_eq!(ids(&by_email), [&newest_first[1][..], &newest_first[3][..], &newest_first[5][..]]);
    let at = crate::started::START + 30;
    let since = sandbox.get(&format!("/v1/customers?created[gte]={at}&created[lt]={}", at + 20)).await.1;
    assert_eq!(ids(&since), [&newest_first[3][..], &newest_first[4][..]]);
    assert_eq!(sandbox.get("/v1/customers?starting_after=cus_none").await.0, 400);
    let both = format!("/v1/customers?starting_after={0}&ending_before={0}", newest_first[0]);
    assert_eq!(sandbox.get(&both).await.0, 400);
    sandbox.end().await;
}

#[tokio::test]
async fn search_finds_by_metadata() {
    let sandbox = start().await;
    let made = many(&sandbox, 5).await;
    let search = async |query: &str| {
        let url = url::form_urlencoded::byte_serialize(query.as_bytes()).collect::<String>();
        sandbox.get(&format!("/v1/customers/search?query={url}&limit=2")).await
    };
    let (_, found) = search("metadata['number']:'3' AND email:'1@acme.test'").await;
    assert_eq!((ids(&found), &found["object"]), (vec![made[3].clone()], &json!("search_result")));
    let (_, found) = search("email:'0@acme.test'").await;
    assert_eq!((ids(&found), &found["has_more"]), (vec![made[4].clone(), made[2].clone()], &json!(true)));
    let query = "email%3A%270%40acme.test%27";
    let page = found["next_page"].as_str().unwrap();
    let (_, rest) = sandbox.get(&format!("/v1/customers/search?query={query}&limit=2&page={page}")).await;
    assert_eq!((ids(&rest), &rest["has_more"]), (vec![made[0].clone()], &json!(false)));
    assert_eq!(search("metadata['number']=3").await.0, 400);
    sandbox.end().await;
}

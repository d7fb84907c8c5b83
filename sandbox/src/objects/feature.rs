//! Entitlements: features, the products that bring them, and who has which.
//!
//! A customer has the features of the products that a living subscription of theirs is for. That is
//! worked out when asked, so it can't differ from the subscriptions.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use crate::books::Books;
use crate::http::errors::ApiError;

/// The statuses in which a subscription grants the features of its products.
const GRANTING: [&str; 3] = ["active", "past_due", "trialing"];
/// Stripe's limit on the length of a lookup key.
const LONGEST_KEY: usize = 80;

pub const OPERATIONS: &[Modelled] = &[
    on("POST", "/v1/entitlements/features", &["lookup_key", "metadata", "name"], create),
    on("GET", "/v1/entitlements/features", &["archived", "lookup_key"], list_all),
    on("GET", "/v1/entitlements/features/{id}", &[], retrieve),
    on("POST", "/v1/entitlements/features/{id}", &["active", "metadata", "name"], update),
    on("GET", "/v1/entitlements/active_entitlements", &["customer"], list_active),
    on("GET", "/v1/entitlements/active_entitlements/{id}", &[], retrieve_active),
    on("POST", "/v1/products/{product}/features", &["entitlement_feature"], attach),
    on("GET", "/v1/products/{product}/features", &[], list_of_product),
    on("GET", "/v1/products/{product}/features/{id}", &[], retrieve_of_product),
    on("DELETE", "/v1/products/{product}/features/{id}", &[], detach),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let key = call.text("lookup_key").ok_or_else(|| ApiError::missing("lookup_key"))?;
    if key.chars().count() > LONGEST_KEY {
        return Err(ApiError::invalid("lookup_key", format!("A lookup key has at most {LONGEST_KEY} characters.")));
    }
    if books.features.newest_first().any(|other| other["lookup_key"] == key && other["active"] == true) {
        let message = format!("An active feature with the lookup key `{key}` already exists.");
        return Err(ApiError::coded("resource_already_exists", "lookup_key", message));
    }
    let mut feature = json!({
        "object": "entitlements.feature", "active": true, "livemode": false, "lookup_key": key, "metadata": {},
        "name": null,
    });
    write(call, &mut feature)?;
    feature["id"] = json!(books.ids.object("feat"));
    books.create(&feature);
    Ok(feature)
}

fn write(call: &Call<'_>, feature: &mut Value) -> Result<(), ApiError> {
    if call.params.contains_key("name") {
        feature["name"] = json!(call.text("name").ok_or_else(|| ApiError::missing("name"))?);
    }
    feature["metadata"] = metadata::merge(&feature["metadata"], call.params.get("metadata"))?;
    feature["active"] = json!(call.flag("active", feature["active"] != false));
    Ok(())
}

fn found(books: &Books, id: &str, param: &str, in_path: bool) -> Result<Value, ApiError> {
    let feature = books.features.living(id).cloned();
    feature.ok_or_else(|| ApiError::no_such("feature", id, param, in_path))
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    found(books, call.id(), "id", true)
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut feature = found(books, call.id(), "id", true)?;
    write(call, &mut feature)?;
    books.update(feature.clone());
    Ok(feature)
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let archived = call.flag("archived", false);
    let key = call.text("lookup_key");
    list::page(call, books.features.newest_first(), |feature| {
        (feature["active"] == false) == archived && key.is_none_or(|key| feature["lookup_key"] == key)
    })
}

/// A product's feature stands on its shelf with the id of its feature, and shows it as it now is.
fn shown(books: &Books, kept: &Value) -> Value {
    let id = kept["feature"].as_str().unwrap_or_default();
    let feature = books.features.get(id).cloned().unwrap_or_default();
    json!({"id": kept["id"], "object": "product_feature", "entitlement_feature": feature, "livemode": false})
}

fn attach(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    product(books, call)?;
    let id = call.text("entitlement_feature").ok_or_else(|| ApiError::missing("entitlement_feature"))?;
    let feature = found(books, id, "entitlement_feature", false)?;
    if feature["active"] == false {
        return Err(ApiError::invalid("entitlement_feature", "This feature is archived and can't be attached."));
    }
    if of_product(books, call.id()).any(|kept| kept["feature"] == id) {
        let message = "This feature is already attached to the product.";
        return Err(ApiError::coded("resource_already_exists", "entitlement_feature", message));
    }
    let kept = json!({
        "id": books.ids.object("prodft"), "object": "product_feature", "product": call.id(), "feature": id,
    });
    books.product_features.put(kept.clone());
    note_all(books);
    Ok(shown(books, &kept))
}

fn product(books: &Books, call: &Call<'_>) -> Result<(), ApiError> {
    match books.products.living(call.id()) {
        Some(_) => Ok(()),
        None => Err(ApiError::no_such("product", call.id(), "product", true)),
    }
}

fn of_product<'b>(books: &'b Books, product: &'b str) -> impl Iterator<Item = &'b Value> {
    books.product_features.newest_first().filter(move |kept| kept["product"] == product)
}

fn list_of_product(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    product(books, call)?;
    let all: Vec<Value> = of_product(books, call.id()).map(|kept| shown(books, kept)).collect();
    list::page(call, all.iter(), |_| true)
}

fn one_of_product(books: &Books, call: &Call<'_>) -> Result<Value, ApiError> {
    product(books, call)?;
    let id = call.path_ids.get(1).map_or("", String::as_str);
    let kept = of_product(books, call.id()).find(|kept| kept["id"] == id).cloned();
    kept.ok_or_else(|| ApiError::no_such("product feature", id, "id", true))
}

fn retrieve_of_product(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    Ok(shown(books, &one_of_product(books, call)?))
}

fn detach(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let kept = one_of_product(books, call)?;
    let id = kept["id"].as_str().unwrap_or_default();
    let stub = books.product_features.delete(id);
    note_all(books);
    stub.ok_or_else(|| ApiError::no_such("product feature", id, "id", true))
}

/// What a customer is entitled to now, by the feature's lookup key.
pub fn active(books: &Books, customer: &str) -> Vec<Value> {
    let living = books
        .subscriptions
        .of_customer(customer)
        .filter(|subscription| subscription["status"].as_str().is_some_and(|status| GRANTING.contains(&status)));
    let items = living.flat_map(|subscription| subscription["items"]["data"].as_array().into_iter().flatten());
    let products: Vec<&str> = items.filter_map(|item| item["price"]["product"].as_str()).collect();
    let kept = books.product_features.newest_first();
    let ids = kept.filter(|kept| kept["product"].as_str().is_some_and(|product| products.contains(&product)));
    let mut features: Vec<&Value> = ids.filter_map(|kept| books.features.living(kept["feature"].as_str()?)).collect();
    features.sort_by_key(|feature| (feature["lookup_key"].as_str(), feature["id"].as_str()));
    features.dedup_by_key(|feature| feature["id"].as_str());
    features.into_iter().map(|feature| entitlement(customer, feature)).collect()
}

/// The id follows from customer and feature, so that the same entitlement keeps it.
fn entitlement(customer: &str, feature: &Value) -> Value {
    let id = feature["id"].as_str().unwrap_or_default();
    let hash = hex::encode(Sha256::digest(format!("{customer} {id}")));
    json!({
        "id": format!("ent_test_{}", &hash[..24]), "object": "entitlements.active_entitlement", "feature": id,
        "livemode": false, "lookup_key": feature["lookup_key"],
    })
}

fn list_active(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let customer = call.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    books.customer(customer, "customer")?;
    let all = active(books, customer);
    list::page(call, all.iter(), |_| true)
}

fn retrieve_active(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let owners = books.subscriptions.newest_first().filter_map(|subscription| subscription["customer"].as_str());
    let found = owners.flat_map(|owner| active(books, owner)).find(|entitlement| entitlement["id"] == call.id());
    found.ok_or_else(|| ApiError::no_such("active entitlement", call.id(), "id", true))
}

/// Says of each customer whose features changed since event number `before` what they are now.
pub fn note_changes(books: &mut Books, before: u64) {
    if books.product_features.newest_first().next().is_none() && books.entitled.len() == 0 {
        return;
    }
    let ids = books.events.since(before).filter(|event| event.kind.starts_with("customer.subscription."));
    let customers: BTreeSet<String> = ids
        .filter_map(|event| books.subscriptions.get(&event.object_id)?["customer"].as_str().map(str::to_owned))
        .collect();
    for customer in customers {
        note(books, &customer);
    }
}

/// The same for everybody, when a product's features changed.
fn note_all(books: &mut Books) {
    let owners = books.subscriptions.newest_first().filter_map(|subscription| subscription["customer"].as_str());
    for customer in owners.map(str::to_owned).collect::<BTreeSet<_>>() {
        note(books, &customer);
    }
}

fn note(books: &mut Books, customer: &str) {
    let now = active(books, customer);
    let features: Arc<[String]> = now.iter().filter_map(|e| e["feature"].as_str().map(str::to_owned)).collect();
    let before = books.entitled.get(customer).cloned().unwrap_or_default();
    if before == features {
        return;
    }
    let known = before.iter().filter_map(|id| books.features.get(id));
    let before: Vec<Value> = known.map(|feature| entitlement(customer, feature)).collect();
    books.entitled.insert_cow(customer.to_owned(), features);
    let summary = json!({
        "object": "entitlements.active_entitlement_summary", "customer": customer,
        "entitlements": list_of(customer, &now), "livemode": false,
    });
    let previous = json!({"entitlements": {"data": list_of(customer, &before)["data"]}});
    books.emit("entitlements.active_entitlement_summary.updated", &summary, Some(&previous));
}

fn list_of(customer: &str, entitlements: &[Value]) -> Value {
    json!({
        "object": "list", "data": entitlements, "has_more": false,
        "url": format!("/v1/customer/{customer}/entitlements"),
    })
}

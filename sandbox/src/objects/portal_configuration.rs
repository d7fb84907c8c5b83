//! Portal configurations: what people may do in the hosted portal.

use serde_json::{Value, json};

use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::ids::Ids;

const PARAMS: &[&str] = &["business_profile", "default_return_url", "features", "metadata", "name"];

pub const OPERATIONS: &[Modelled] = &[
    on("POST", "/v1/billing_portal/configurations", PARAMS, create),
    on("GET", "/v1/billing_portal/configurations", &["active", "is_default"], list_all),
    on("GET", "/v1/billing_portal/configurations/{configuration}", &[], retrieve),
    on(
        "POST",
        "/v1/billing_portal/configurations/{configuration}",
        &["active", "business_profile", "default_return_url", "features", "metadata", "name"],
        update,
    ),
];

/// The configuration every account begins with.
pub fn default(ids: &mut Ids, now: i64) -> Value {
    let mut configuration = blank(now);
    configuration["id"] = json!(ids.object("bpc"));
    configuration["is_default"] = json!(true);
    for feature in ["customer_update", "invoice_history", "payment_method_update", "subscription_cancel"] {
        configuration["features"][feature]["enabled"] = json!(true);
    }
    configuration["features"]["customer_update"]["allowed_updates"] = json!(["email", "address", "phone", "tax_id"]);
    configuration
}

fn blank(now: i64) -> Value {
    json!({
        "object": "billing_portal.configuration", "active": true, "application": null,
        "business_profile": {"headline": null, "privacy_policy_url": null, "terms_of_service_url": null},
        "created": now, "default_return_url": null,
        "features": {
            "customer_update": {"allowed_updates": [], "enabled": false},
            "invoice_history": {"enabled": false},
            "payment_method_update": {"enabled": false, "payment_method_configuration": null},
            "subscription_cancel": {
                "cancellation_reason": {
                    "enabled": false,
                    "options": [
                        "too_expensive", "missing_features", "switched_service", "unused", "customer_service",
                        "too_complex", "low_quality", "other",
                    ],
                },
                "enabled": false, "mode": "at_period_end", "proration_behavior": "none",
            },
            "subscription_update": {
                "billing_cycle_anchor": null, "default_allowed_updates": [], "enabled": false, "products": [],
                "proration_behavior": "none", "schedule_at_period_end": {"conditions": []},
                "trial_update_behavior": "end_trial",
            },
        },
        "is_default": false, "livemode": false, "login_page": {"enabled": false, "url": null}, "metadata": {},
        "name": null, "updated": now,
    })
}

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut configuration = blank(call.now);
    write(books, call, &mut configuration)?;
    configuration["id"] = json!(books.ids.object("bpc"));
    books.create(&configuration);
    Ok(configuration)
}

fn write(books: &Books, call: &Call<'_>, configuration: &mut Value) -> Result<(), ApiError> {
    configuration["metadata"] = metadata::merge(&configuration["metadata"], call.params.get("metadata"))?;
    call.copy(&["default_return_url", "name"], configuration);
    if call.params.contains_key("active") {
        if configuration["is_default"] == true && !call.flag("active", true) {
            return Err(ApiError::invalid("active", "You can't deactivate the default configuration."));
        }
        configuration["active"] = json!(call.flag("active", true));
    }
    for part in ["business_profile", "features"] {
        if let Some(sent) = call.params.get(part) {
            merge(&mut configuration[part], sent);
        }
    }
    check_products(books, &mut configuration["features"]["subscription_update"])?;
    configuration["updated"] = json!(call.now);
    Ok(())
}

/// Products on offer: their prices are their own; a quantity that is not said is not adjustable.
fn check_products(books: &Books, update: &mut Value) -> Result<(), ApiError> {
    let param = "features[subscription_update]";
    if !update["schedule_at_period_end"].list("conditions").is_empty() {
        let what = "changes of plan in the portal that wait for the end of the period";
        return Err(ApiError::not_modelled(what).about(&format!("{param}[schedule_at_period_end]")));
    }
    if update.is("enabled") && update.list("products").is_empty() {
        return Err(ApiError::missing(&format!("{param}[products]")));
    }
    for (place, product) in update["products"].as_array_mut().into_iter().flatten().enumerate() {
        let param = format!("{param}[products][{place}]");
        if product["adjustable_quantity"].is_null() {
            product["adjustable_quantity"] = json!({"enabled": false});
        }
        let quantity = &mut product["adjustable_quantity"];
        for (key, usual) in [("minimum", json!(1)), ("maximum", Value::Null)] {
            if quantity.get(key).is_none() {
                quantity[key] = usual;
            }
        }
        for id in product.list("prices").iter().filter_map(Value::as_str) {
            let is_own = books.prices.living(id).is_some_and(|price| price["product"] == product["product"]);
            if !is_own {
                return Err(ApiError::no_such("price", id, &format!("{param}[prices]"), false));
            }
        }
    }
    Ok(())
}

/// Lays what was sent over what there is. An empty text empties a list and unsets anything else.
fn merge(kept: &mut Value, sent: &Value) {
    match (kept, sent) {
        (Value::Object(kept), Value::Object(sent)) => {
            for (key, value) in sent {
                merge(kept.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (kept @ Value::Array(_), Value::String(empty)) if empty.is_empty() => *kept = json!([]),
        (kept, Value::String(empty)) if empty.is_empty() => *kept = Value::Null,
        (kept, sent) => *kept = sent.clone(),
    }
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let found = books.portal_configurations.get(call.id()).cloned();
    found.ok_or_else(|| ApiError::no_such("configuration", call.id(), "configuration", true))
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut configuration = retrieve(books, call)?;
    write(books, call, &mut configuration)?;
    books.update(configuration.clone());
    Ok(configuration)
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    list::page(call, books.portal_configurations.newest_first(), |configuration| {
        ["active", "is_default"].iter().all(|key| call.params.get(*key).is_none_or(|v| configuration[*key] == *v))
    })
}

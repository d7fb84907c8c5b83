//! Portal flows: sessions that lead to one deed only (`flow_data`).

use serde_json::{Value, json};

use super::operation::Call;
use super::portal_session::web_address;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::life::cancel::is_ending;

/// The flow of a new session, null when none is asked for.
///
/// # Errors
/// 400 for a flow whose feature is off, or whose subscription is not the customer's or has ended.
pub fn of(books: &Books, call: &Call<'_>, configuration: &Value, customer: &str) -> Result<Value, ApiError> {
    let Some(asked) = call.params.get("flow_data") else {
        return Ok(Value::Null);
    };
    let kind = asked.text("type");
    if asked["subscription_cancel"].get("retention").is_some() {
        let param = "flow_data[subscription_cancel][retention]";
        return Err(ApiError::not_modelled("retention offers in the portal").about(param));
    }
    let feature = if kind == "subscription_update_confirm" { "subscription_update" } else { kind };
    if !configuration["features"][feature].is("enabled") {
        let message = format!(
            "This portal session can't be created with the flow `{kind}`: the feature `{feature}` is disabled in its \
             configuration."
        );
        return Err(ApiError::invalid("flow_data[type]", message));
    }
    let mut flow = json!({
        "type": kind, "after_completion": after_completion(&asked["after_completion"])?, "customer_update": null,
        "subscription_cancel": null, "subscription_update": null, "subscription_update_confirm": null,
    });
    if kind.starts_with("subscription_") {
        flow[kind] = match kind {
            "subscription_update_confirm" => confirm(books, &asked[kind], customer)?,
            _ => json!({"subscription": subscription(books, &asked[kind], customer, kind)?.id()}),
        };
        if kind == "subscription_cancel" {
            flow[kind]["retention"] = Value::Null;
        }
    }
    Ok(flow)
}

fn after_completion(asked: &Value) -> Result<Value, ApiError> {
    let kind = asked.maybe_text("type").unwrap_or("portal_homepage");
    let redirect = match kind {
        "redirect" => {
            let param = "flow_data[after_completion][redirect][return_url]";
            let url = asked["redirect"].maybe_text("return_url").ok_or_else(|| ApiError::missing(param))?;
            json!({"return_url": web_address(url, param)?})
        }
        _ => Value::Null,
    };
    let confirmation = match kind {
        "hosted_confirmation" => json!({"custom_message": asked["hosted_confirmation"].maybe_text("custom_message")}),
        _ => Value::Null,
    };
    Ok(json!({"type": kind, "redirect": redirect, "hosted_confirmation": confirmation}))
}

fn subscription<'b>(books: &'b Books, asked: &Value, customer: &str, kind: &str) -> Result<&'b Value, ApiError> {
    let param = format!("flow_data[{kind}][subscription]");
    let id = asked.maybe_text("subscription").ok_or_else(|| ApiError::missing(&param))?;
    let found = books.subscriptions.living(id).filter(|subscription| subscription["customer"] == customer);
    let found = found.ok_or_else(|| ApiError::no_such("subscription", id, &param, false))?;
    let has_ended = ["canceled", "incomplete_expired"].contains(&found.text("status"));
    if has_ended || (kind == "subscription_cancel" && is_ending(found)) {
        let message = "The subscription is already canceled, or will be at the end of its period.";
        return Err(ApiError::invalid(&param, message));
    }
    Ok(found)
}

fn confirm(books: &Books, asked: &Value, customer: &str) -> Result<Value, ApiError> {
    let kind = "subscription_update_confirm";
    let found = subscription(books, asked, customer, kind)?;
    let items = asked.list("items");
    let param = format!("flow_data[{kind}][items]");
    let [item] = items else {
        return Err(ApiError::invalid(&param, "You must provide exactly one subscription item."));
    };
    if found.list("items").len() != 1 || found.list("items")[0]["id"] != item["id"] {
        return Err(ApiError::no_such("subscription item", item.id(), &format!("{param}[0][id]"), false));
    }
    if let Some(price) = item.maybe_text("price") {
        let fits = |price: &&Value| price.is("active") && price.text("type") == "recurring";
        let known = books.prices.living(price).filter(fits);
        known.ok_or_else(|| ApiError::no_such("price", price, &format!("{param}[0][price]"), false))?;
    }
    if item.maybe_int("quantity").is_some_and(|quantity| quantity < 1) {
        let message = "This value must be greater than or equal to 1.";
        return Err(ApiError::coded("parameter_invalid_integer", &format!("{param}[0][quantity]"), message));
    }
    let discount = |one: &Value| json!({"coupon": one.get("coupon"), "promotion_code": one.get("promotion_code")});
    let discounts = asked.get("discounts").map(|_| asked.list("discounts").iter().map(discount).collect::<Value>());
    Ok(json!({
        "subscription": found.id(), "discounts": discounts,
        "items": [{"id": item.id(), "price": item.get("price"), "quantity": item.get("quantity")}],
    }))
}

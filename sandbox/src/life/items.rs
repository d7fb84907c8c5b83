//! The items of a subscription: what is subscribed to.

use serde_json::{Value, json};

use crate::billing::line;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::objects::metadata;
use crate::objects::price::as_plan;

/// An item somebody asks for.
#[derive(Debug, Clone, Default)]
pub struct AskedItem {
    /// The item it changes; a new one otherwise.
    pub id: Option<String>,
    pub price: Option<String>,
    pub quantity: Option<i64>,
    pub is_deleted: bool,
    /// As it was sent.
    pub metadata: Option<Value>,
}

impl AskedItem {
    /// Reads `items`.
    pub fn list(sent: Option<&Value>) -> Vec<Self> {
        sent.and_then(Value::as_array).into_iter().flatten().map(Self::read).collect()
    }

    /// Reads one.
    pub fn read(sent: &Value) -> Self {
        let text = |key: &str| sent.maybe_text(key).filter(|text| !text.is_empty()).map(str::to_owned);
        Self {
            id: text("id"),
            price: text("price"),
            quantity: sent.maybe_int("quantity"),
            is_deleted: sent.is("deleted"),
            metadata: sent.get("metadata").cloned(),
        }
    }
}

/// The items after what was asked, all in `period`, and at least one.
///
/// # Errors
/// 400 for a price that can't be subscribed to or does not fit the others, a negative quantity,
/// an item that is not there.
pub fn after(
    books: &mut Books,
    subscription: &str,
    before: &[Value],
    asked: &[AskedItem],
    now: i64,
) -> Result<Vec<Value>, ApiError> {
    let mut items = before.to_vec();
    for (place, asked) in asked.iter().enumerate() {
        let param = |key: &str| format!("items[{place}][{key}]");
        if asked.quantity.is_some_and(|quantity| quantity < 0) {
            let message = "Invalid non-negative integer";
            return Err(ApiError::coded("parameter_invalid_integer", &param("quantity"), message));
        }
        match &asked.id {
            None => {
                let price = asked.price.as_deref().ok_or_else(|| ApiError::missing(&param("price")))?;
                let price = usable_price(books, price, &param("price"))?;
                items.push(made(books, subscription, &price, asked, now)?);
            }
            Some(id) => {
                let found = items.iter().position(|item| item.id() == id);
                let found = found.ok_or_else(|| ApiError::no_such("subscription item", id, &param("id"), false))?;
                if asked.is_deleted {
                    items.remove(found);
                } else {
                    items[found] = changed(books, &items[found], asked, &param("price"))?;
                }
            }
        }
    }
    check(&items)?;
    Ok(items)
}

fn made(books: &mut Books, subscription: &str, price: &Value, asked: &AskedItem, now: i64) -> Result<Value, ApiError> {
    Ok(json!({
        "id": books.ids.object("si"), "object": "subscription_item", "billing_thresholds": null, "created": now,
        "current_period_end": now, "current_period_start": now, "discounts": [],
        "metadata": metadata::merge(&Value::Null, asked.metadata.as_ref())?, "plan": as_plan(price), "price": price,
        "quantity": asked.quantity.unwrap_or(1), "subscription": subscription, "tax_rates": [],
    }))
}

fn changed(books: &Books, item: &Value, asked: &AskedItem, param: &str) -> Result<Value, ApiError> {
    let mut item = item.clone();
    if let Some(price) = &asked.price {
        let price = usable_price(books, price, param)?;
        item["plan"] = as_plan(&price);
        item["price"] = price;
    }
    item["quantity"] = json!(asked.quantity.unwrap_or(line::quantity(&item)));
    item["metadata"] = metadata::merge(&item["metadata"], asked.metadata.as_ref())?;
    Ok(item)
}

fn usable_price(books: &Books, id: &str, param: &str) -> Result<Value, ApiError> {
    let price = books.prices.living(id).ok_or_else(|| ApiError::no_such("price", id, param, false))?;
    if price["active"] == false {
        return Err(ApiError::invalid(
            param,
            "The price specified is inactive. This field only accepts active prices.",
        ));
    }
    if !price["recurring"].is_object() {
        let message = "The price specified is set to `type=one_time` but this field only accepts prices with \
                       `type=recurring`.";
        return Err(ApiError::invalid(param, message));
    }
    Ok(price.clone())
}

fn check(items: &[Value]) -> Result<(), ApiError> {
    let Some((first, rest)) = items.split_first() else {
        return Err(ApiError::missing("items"));
    };
    for item in rest {
        if item["price"]["currency"] != first["price"]["currency"] {
            return Err(ApiError::invalid("items", "All prices on a subscription must have the same currency."));
        }
        if !is_same_rhythm(item, first) {
            return Err(ApiError::not_modelled("subscriptions with prices of different intervals").about("items"));
        }
    }
    let mut prices: Vec<&str> = items.iter().map(|item| item["price"].id()).collect();
    prices.sort_unstable();
    if prices.windows(2).any(|pair| pair[0] == pair[1]) {
        let message = "Cannot add multiple subscription items with the same plan.";
        return Err(ApiError::invalid("items", message));
    }
    Ok(())
}

/// Whether two items are billed in the same rhythm.
pub fn is_same_rhythm(one: &Value, other: &Value) -> bool {
    ["interval", "interval_count"].iter().all(|key| one["price"]["recurring"][key] == other["price"]["recurring"][key])
}

/// Puts all items in a period.
pub fn set_period(items: &mut [Value], period: (i64, i64)) {
    for item in items {
        item["current_period_start"] = json!(period.0);
        item["current_period_end"] = json!(period.1);
    }
}

/// What the items cost for a whole period, before discounts.
pub fn total(items: &[Value]) -> i64 {
    items.iter().map(line::full).fold(0, i64::saturating_add)
}

/// The items as a subscription holds them.
pub fn as_list(subscription: &str, items: Vec<Value>) -> Value {
    json!({
        "object": "list", "has_more": false, "total_count": items.len(),
        "url": format!("/v1/subscription_items?subscription={subscription}"), "data": items,
    })
}

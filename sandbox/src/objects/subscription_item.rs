//! Subscription items one by one: each change is a change of the subscription.

use serde_json::{Value, json};

use super::list;
use super::operation::{Call, Modelled, on};
use super::subscription::{behavior, prorations};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::life::change::{Change, change};
use crate::life::items::AskedItem;

pub const OPERATIONS: &[Modelled] = &[
    on(
        "POST",
        "/v1/subscription_items",
        &["metadata", "payment_behavior", "price", "proration_behavior", "proration_date", "quantity", "subscription"],
        create,
    ),
    on("GET", "/v1/subscription_items", &["subscription"], list_all),
    on("GET", "/v1/subscription_items/{item}", &[], retrieve),
    on(
        "POST",
        "/v1/subscription_items/{item}",
        &["metadata", "payment_behavior", "price", "proration_behavior", "proration_date", "quantity"],
        update,
    ),
    on(
        "DELETE",
        "/v1/subscription_items/{item}",
        &["payment_behavior", "proration_behavior", "proration_date"],
        delete,
    ),
];

fn subscription(books: &Books, id: &str, in_path: bool) -> Result<Value, ApiError> {
    let found = books.subscriptions.living(id).cloned();
    found.ok_or_else(|| ApiError::no_such("subscription", id, "subscription", in_path))
}

/// The subscription that has the item of the path, and the item.
fn owner(books: &Books, call: &Call<'_>) -> Result<(Value, Value), ApiError> {
    let missing = || ApiError::no_such("subscription_item", call.id(), "item", true);
    let of = books.item_places.get(call.id()).ok_or_else(missing)?;
    let of = subscription(books, of, true)?;
    let item = of.list("items").iter().find(|item| item.id() == call.id()).cloned().ok_or_else(missing)?;
    Ok((of, item))
}

fn asked(call: &Call<'_>, item: &AskedItem) -> Result<Change, ApiError> {
    Ok(Change {
        items: vec![item.clone()],
        prorations: prorations(call),
        proration_date: call.params.get("proration_date").and_then(Value::as_i64),
        behavior: behavior(call)?,
        ..Change::default()
    })
}

/// Error parameters of a single item have no place in a list.
fn alone(error: ApiError) -> ApiError {
    let param = error.param.as_deref().and_then(|param| param.strip_prefix("items[0][")?.strip_suffix(']'));
    match param.map(str::to_owned) {
        Some(param) => error.about(&param),
        None => error,
    }
}

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let of = subscription(books, call.text("subscription").unwrap_or_default(), false)?;
    let item = AskedItem::read(&json!(call.params));
    let before: Vec<String> = of.list("items").iter().map(|item| item.id().to_owned()).collect();
    let after = change(books, of, &asked(call, &item)?).map_err(alone)?;
    let made = after.list("items").iter().find(|item| !before.contains(&item.id().to_owned()));
    made.cloned().ok_or_else(|| ApiError::missing("price"))
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    owner(books, call).map(|(_, item)| item)
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let (of, _) = owner(books, call)?;
    let mut item = AskedItem::read(&json!(call.params));
    item.id = Some(call.id().to_owned());
    change(books, of, &asked(call, &item)?).map_err(alone)?;
    retrieve(books, call)
}

fn delete(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let (of, _) = owner(books, call)?;
    let item = AskedItem { id: Some(call.id().to_owned()), is_deleted: true, ..AskedItem::default() };
    if of.list("items").len() == 1 {
        let message = "A subscription must have at least one active plan. All of the plans on the subscription have \
                       been marked as deleted.";
        return Err(ApiError::invalid("", message));
    }
    change(books, of, &asked(call, &item)?).map_err(alone)?;
    Ok(json!({"id": call.id(), "object": "subscription_item", "deleted": true}))
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let of = call.text("subscription").ok_or_else(|| ApiError::missing("subscription"))?;
    let of = subscription(books, of, false)?;
    list::page(call, of.list("items").iter(), |_| true)
}

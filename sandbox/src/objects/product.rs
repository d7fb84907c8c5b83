//! Products.

use serde_json::{Value, json};

use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use crate::books::Books;
use crate::http::errors::ApiError;

const COPIED: &[&str] = &["description", "shippable", "statement_descriptor", "unit_label", "url"];

pub const OPERATIONS: &[Modelled] = &[
    on(
        "POST",
        "/v1/products",
        &[
            "active",
            "description",
            "id",
            "images",
            "marketing_features",
            "metadata",
            "name",
            "shippable",
            "statement_descriptor",
            "unit_label",
            "url",
        ],
        create,
    ),
    on("GET", "/v1/products", &["active", "ids"], list_all),
    on("GET", "/v1/products/{id}", &[], retrieve),
    on(
        "POST",
        "/v1/products/{id}",
        &[
            "active",
            "default_price",
            "description",
            "images",
            "marketing_features",
            "metadata",
            "name",
            "shippable",
            "statement_descriptor",
            "unit_label",
            "url",
        ],
        update,
    ),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut product = blank(call.now);
    if let Some(id) = call.text("id") {
        // Only ids with the usual prefix are found again by `expand[]`.
        if !id.starts_with("prod_") {
            return Err(ApiError::not_modelled("product ids that do not begin with `prod_`").about("id"));
        }
        if books.products.get(id).is_some() {
            return Err(ApiError::coded("resource_already_exists", "id", "Product already exists."));
        }
        product["id"] = json!(id);
    }
    write(books, call, &mut product)?;
    if product["id"].is_null() {
        product["id"] = json!(books.ids.object("prod"));
    }
    books.create(&product);
    Ok(product)
}

/// A product with nothing but its times; used by prices that bring their own product too.
pub fn blank(now: i64) -> Value {
    json!({
        "object": "product", "active": true, "created": now, "default_price": null, "description": null,
        "images": [], "livemode": false, "marketing_features": [], "metadata": {}, "name": "",
        "package_dimensions": null, "shippable": null, "statement_descriptor": null, "tax_code": null,
        "type": "service", "unit_label": null, "updated": now, "url": null,
    })
}

fn write(books: &Books, call: &Call<'_>, product: &mut Value) -> Result<(), ApiError> {
    if call.params.contains_key("name") {
        let name = call.text("name").ok_or_else(|| {
            ApiError::coded("parameter_invalid_empty", "name", "You passed an empty string for 'name'.")
        })?;
        product["name"] = json!(name);
    }
    if let Some(price) = call.text("default_price") {
        let is_own = books.prices.get(price).is_some_and(|p| p["product"] == product["id"]);
        if !is_own {
            return Err(ApiError::no_such("price", price, "default_price", false));
        }
        product["default_price"] = json!(price);
    }
    product["metadata"] = metadata::merge(&product["metadata"], call.params.get("metadata"))?;
    product["active"] = json!(call.flag("active", product["active"] != false));
    call.copy(COPIED, product);
    for key in ["images", "marketing_features"] {
        match call.params.get(key) {
            Some(Value::Array(list)) => product[key] = json!(list),
            Some(_) => product[key] = json!([]),
            None => {}
        }
    }
    product["updated"] = json!(call.now);
    Ok(())
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let found = books.products.get(call.id()).cloned();
    found.ok_or_else(|| ApiError::no_such("product", call.id(), "id", true))
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut product = retrieve(books, call)?;
    write(books, call, &mut product)?;
    books.update(product.clone());
    Ok(product)
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let (active, ids) = (call.params.get("active"), call.params.get("ids").and_then(Value::as_array));
    list::page(call, books.products.newest_first(), |product| {
        active.is_none_or(|active| product["active"] == *active) && ids.is_none_or(|ids| ids.contains(&product["id"]))
    })
}

//! Webhook endpoints. The secret is shown once, in the answer to the creation.

use serde_json::{Value, json};
use url::Url;

use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use crate::books::Books;
use crate::contract::API_VERSION;
use crate::http::errors::ApiError;
use crate::webhooks::target::Secrets;

/// Stripe's limit for one account and mode.
const MOST: usize = 16;

pub const OPERATIONS: &[Modelled] = &[
    on("POST", "/v1/webhook_endpoints", &["api_version", "description", "enabled_events", "metadata", "url"], create),
    on("GET", "/v1/webhook_endpoints", &[], list_all),
    on("GET", "/v1/webhook_endpoints/{webhook_endpoint}", &[], retrieve),
    on(
        "POST",
        "/v1/webhook_endpoints/{webhook_endpoint}",
        &["description", "disabled", "enabled_events", "metadata", "url"],
        update,
    ),
    on("DELETE", "/v1/webhook_endpoints/{webhook_endpoint}", &[], delete),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    if books.webhook_endpoints.newest_first().count() >= MOST {
        let message = format!("You have reached the maximum of {MOST} test webhook endpoints.");
        return Err(ApiError::invalid("", message));
    }
    let mut endpoint = json!({
        "object": "webhook_endpoint", "api_version": null, "application": null, "created": call.now,
        "description": null, "enabled_events": [], "livemode": false, "metadata": {}, "status": "enabled",
        "url": null,
    });
    if let Some(version) = call.text("api_version") {
        if version != API_VERSION {
            return Err(ApiError::not_modelled("events of another API version").about("api_version"));
        }
        endpoint["api_version"] = json!(version);
    }
    write(call, &mut endpoint)?;
    let id = books.ids.object("we");
    endpoint["id"] = json!(id);
    let secret = books.ids.signing_secret();
    books.webhook_secrets.insert_cow(id, Secrets::new(secret.clone()));
    books.webhook_endpoints.put(endpoint.clone());
    endpoint["secret"] = json!(secret);
    Ok(endpoint)
}

/// Writes what creating and updating share.
fn write(call: &Call<'_>, endpoint: &mut Value) -> Result<(), ApiError> {
    if let Some(url) = call.params.get("url") {
        endpoint["url"] = json!(web_address(url.as_str().unwrap_or_default())?);
    }
    match call.params.get("enabled_events") {
        Some(Value::Array(events)) if !events.is_empty() => endpoint["enabled_events"] = json!(events),
        Some(_) => return Err(ApiError::invalid("enabled_events", "You must enable at least one event.")),
        None => {}
    }
    endpoint["metadata"] = metadata::merge(&endpoint["metadata"], call.params.get("metadata"))?;
    call.copy(&["description"], endpoint);
    Ok(())
}

fn web_address(text: &str) -> Result<&str, ApiError> {
    match Url::parse(text) {
        Ok(url) if ["http", "https"].contains(&url.scheme()) && url.has_host() => Ok(text),
        _ => Err(ApiError::coded("url_invalid", "url", "Invalid URL: it must be an absolute http or https address.")),
    }
}

fn found(books: &Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let endpoint = books.webhook_endpoints.living(call.id()).cloned();
    endpoint.ok_or_else(|| ApiError::no_such("webhook endpoint", call.id(), "webhook_endpoint", true))
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    found(books, call)
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut endpoint = found(books, call)?;
    write(call, &mut endpoint)?;
    if let Some(disabled) = call.params.get("disabled") {
        endpoint["status"] = json!(if *disabled == true { "disabled" } else { "enabled" });
    }
    books.webhook_endpoints.put(endpoint.clone());
    Ok(endpoint)
}

fn delete(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    found(books, call)?;
    books.webhook_secrets.remove_cow(&call.id().to_owned());
    let stub = books.webhook_endpoints.delete(call.id());
    stub.ok_or_else(|| ApiError::no_such("webhook endpoint", call.id(), "webhook_endpoint", true))
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    list::page(call, books.webhook_endpoints.newest_first(), |_| true)
}

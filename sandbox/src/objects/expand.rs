//! `expand[]`: ids in an answer replaced by their objects.

use serde_json::{Value, json};

use super::checkout_session;
use crate::billing::settle;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;

/// How deep Stripe follows a path.
const DEPTH: usize = 4;

/// Replaces what the paths lead to, in an answer.
///
/// # Errors
/// 400 for a path that leads to nothing expandable, or too deep; 501 for a part of Stripe that
/// the sandbox has not.
pub fn expand(books: &Books, answer: &mut Value, paths: Option<&Value>) -> Result<(), ApiError> {
    for path in paths.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        let steps: Vec<&str> = path.split('.').collect();
        let deep = steps.iter().filter(|step| **step != "data").count();
        if deep > DEPTH {
            let message = format!("You cannot expand more than {DEPTH} levels of a property ({path}).");
            return Err(ApiError::invalid("expand", message));
        }
        follow(books, answer, &steps, path)?;
    }
    Ok(())
}

fn follow(books: &Books, at: &mut Value, steps: &[&str], path: &str) -> Result<(), ApiError> {
    if let Value::Array(entries) = at {
        return entries.iter_mut().try_for_each(|entry| follow(books, entry, steps, path));
    }
    let Some((step, rest)) = steps.split_first() else {
        return Ok(());
    };
    if *step == "subscriptions" && at["object"] == "customer" && at.get("subscriptions").is_none() {
        include_subscriptions(books, at);
    }
    if *step == "line_items" && at["object"] == "checkout.session" && at.get("line_items").is_none() {
        include_line_items(books, at);
    }
    if at["object"] == "invoice" && at.get(*step).is_none() {
        include_payment(books, at, step);
    }
    let Some(inner) = at.get_mut(*step) else {
        return Err(refused(path));
    };
    match inner {
        Value::Null => Ok(()),
        Value::String(id) => {
            let object = books.any(id).cloned().ok_or_else(|| refused(path))?;
            *inner = object;
            follow(books, inner, rest, path)
        }
        Value::Object(_) if rest.is_empty() && inner["object"].is_null() && *step != "confirmation_secret" => {
            Err(refused(path))
        }
        _ => follow(books, inner, rest, path),
    }
}

fn include_subscriptions(books: &Books, customer: &mut Value) {
    let id = customer["id"].clone();
    let own: Vec<&Value> = books
        .subscriptions
        .newest_first()
        .filter(|subscription| subscription["customer"] == id && subscription["status"] != "canceled")
        .collect();
    let url = format!("/v1/customers/{}/subscriptions", id.as_str().unwrap_or_default());
    customer["subscriptions"] = json!({
        "object": "list", "url": url, "has_more": false, "total_count": own.len(), "data": own,
    });
}

fn include_line_items(books: &Books, session: &mut Value) {
    let items = checkout_session::shown_items(books, session);
    let url = format!("/v1/checkout/sessions/{}/line_items", session["id"].as_str().unwrap_or_default());
    session["line_items"] = json!({"object": "list", "url": url, "has_more": false, "data": items});
}

/// What an invoice shows of its payment only when asked.
fn include_payment(books: &Books, invoice: &mut Value, step: &str) {
    let payment = settle::payment_of(books, invoice.id());
    if step == "payments" {
        let url = format!("/v1/invoices/{}/payments", invoice.id());
        let data: Vec<&Value> = payment.into_iter().collect();
        invoice["payments"] =
            json!({"object": "list", "url": url, "has_more": false, "total_count": data.len(), "data": data});
    } else if step == "confirmation_secret" {
        let intent = payment.and_then(|payment| books.payment_intents.get(payment["payment"].text("payment_intent")));
        invoice["confirmation_secret"] = intent
            .map_or(Value::Null, |intent| json!({"client_secret": intent["client_secret"], "type": "payment_intent"}));
    }
}

fn refused(path: &str) -> ApiError {
    ApiError::invalid("expand", format!("This property cannot be expanded ({path})."))
}

//! `expand[]`: ids in an answer replaced by their objects.
//!
//! What must hold: only what the contract marks is expanded: where an id may stand for its object, and
//! the parts that Stripe includes only when asked. A path is judged by the contract before anything is
//! looked at, so it does not depend on the data whether it is right.

use serde_json::{Value, json};

use super::checkout_session;
use crate::billing::settle;
use crate::books::Books;
use crate::contract::Contract;
use crate::contract::shape::{Shape, Shapes};
use crate::fields::Fields;
use crate::http::errors::{ApiError, TOO_DEEP};

/// How many steps a path may have, `data` of lists included.
const DEPTH: usize = 4;

/// What is included only when asked for, by the `object` that has it.
const INCLUDED: [(&str, &str); 5] = [
    ("checkout.session", "line_items"),
    // Shown unasked here.
    ("coupon", "applies_to"),
    ("customer", "subscriptions"),
    ("invoice", "confirmation_secret"),
    ("invoice", "payments"),
];

/// The same, of what the sandbox has not.
const LEFT_OUT: [(&str, &str); 9] = [
    ("charge", "refunds"),
    ("coupon", "currency_options"),
    ("customer", "cash_balance"),
    ("customer", "invoice_credit_balance"),
    ("customer", "sources"),
    ("customer", "tax"),
    ("customer", "tax_ids"),
    ("price", "currency_options"),
    ("price", "tiers"),
];

/// Replaces what the paths lead to, in an answer of a shape.
///
/// # Errors
/// 400 for a path that leads to nothing expandable, or too deep; 501 for a part of Stripe that
/// the sandbox has not.
pub fn expand(books: &Books, shape: Shape, answer: &mut Value, paths: Option<&Value>) -> Result<(), ApiError> {
    for path in paths.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        let steps: Vec<&str> = path.split('.').collect();
        if steps.len() > DEPTH {
            let message = format!("You cannot expand more than {DEPTH} levels of a property. Property: {path}");
            return Err(ApiError::coded(TOO_DEEP, "expand", message));
        }
        check(Contract::bundled().shapes(), shape, &steps)?;
        follow(books, answer, &steps, path)?;
    }
    Ok(())
}

/// Whether a path leads somewhere by the contract.
fn check(shapes: &Shapes, answer: Shape, steps: &[&str]) -> Result<(), ApiError> {
    let mut here = shapes.objects(answer);
    for (place, step) in steps.iter().enumerate() {
        let owners = here.iter().filter_map(|owner| Some((*owner, shapes.property(*owner, step)?)));
        let found: Vec<(Shape, Shape)> = owners.collect();
        let is_in =
            |list: &[(&str, &str)]| found.iter().any(|(owner, _)| list.contains(&(name(shapes, *owner), *step)));
        if is_in(&LEFT_OUT) {
            return Err(ApiError::not_modelled(&format!("`{step}` in `expand`")).about("expand"));
        }
        here = found.iter().flat_map(|(_, property)| shapes.objects(*property)).collect();
        let is_last = place + 1 == steps.len();
        let is_expandable = found.iter().any(|(_, property)| shapes.is_expandable(*property)) || is_in(&INCLUDED);
        if (is_last && !is_expandable) || here.is_empty() {
            let is_in_list = place == 0 && shapes.objects(answer).iter().any(|list| has_below(shapes, *list, step));
            let instead = format!(" You may want to try expanding 'data.{}' instead.", steps.join("."));
            let hint = if is_in_list { instead.as_str() } else { "" };
            return Err(ApiError::invalid("expand", format!("This property cannot be expanded ({step}).{hint}")));
        }
    }
    Ok(())
}

fn name(shapes: &Shapes, object: Shape) -> &str {
    shapes.object_name(object).and_then(Value::as_str).unwrap_or_default()
}

/// Whether the entries of a list have a property.
fn has_below(shapes: &Shapes, list: Shape, step: &str) -> bool {
    let entries = shapes.property(list, "data").map(|data| shapes.objects(data)).unwrap_or_default();
    entries.iter().any(|entry| shapes.property(*entry, step).is_some())
}

fn follow(books: &Books, at: &mut Value, steps: &[&str], path: &str) -> Result<(), ApiError> {
    match at {
        Value::Array(entries) => entries.iter_mut().try_for_each(|entry| follow(books, entry, steps, path)),
        Value::String(id) => {
            let missing = || ApiError::not_modelled(&format!("what `{path}` leads to ({id})")).about("expand");
            *at = books.any(id).cloned().ok_or_else(missing)?;
            follow(books, at, steps, path)
        }
        Value::Object(_) => {
            let Some((step, rest)) = steps.split_first() else { return Ok(()) };
            include(books, at, step);
            at.get_mut(*step).map_or(Ok(()), |inner| follow(books, inner, rest, path))
        }
        _ => Ok(()),
    }
}

/// Puts in what stands in an object only when asked for.
fn include(books: &Books, object: &mut Value, step: &str) {
    if object.get(step).is_some() || object.is("deleted") {
        return;
    }
    match (object.text("object"), step) {
        ("customer", "subscriptions") => include_subscriptions(books, object),
        ("checkout.session", "line_items") => include_line_items(books, object),
        ("invoice", _) => include_payment(books, object, step),
        _ => {}
    }
}

fn include_subscriptions(books: &Books, customer: &mut Value) {
    let of = books.subscriptions.of_customer(customer.id());
    let own: Vec<&Value> = of.filter(|subscription| subscription["status"] != "canceled").collect();
    let url = format!("/v1/customers/{}/subscriptions", customer.id());
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

//! Billing information: what the configuration lets people change of themselves.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::parts::{alert, step};
use super::visitor::{Feature, Instead, Visitor};
use crate::fields::Fields;
use crate::inside::Inside;
use crate::memory::Sandbox;
use crate::pages::hosted::acting::act;
use crate::pages::hosted::card_fields::{Wrong, country, field};
use crate::pages::hosted::countries::is_known;
use crate::pages::hosted::posted::{Posted, token_field};

/// Fields of an address, their labels and what browsers fill in.
const ADDRESS: [(&str, &str, &str); 5] = [
    ("line1", "Street and number", "address-line1"),
    ("line2", "More of the address (optional)", "address-line2"),
    ("postal_code", "Postal code", "postal-code"),
    ("city", "City", "address-level2"),
    ("state", "State or region (optional)", "address-level1"),
];
/// Plain fields: the allowed update, its label, what browsers fill in, the input's type.
const PLAIN: [(&str, &str, &str, &str); 3] =
    [("name", "Name", "name", "text"), ("email", "E-mail", "email", "email"), ("phone", "Phone", "tel", "tel")];

/// `GET …/customer`.
pub async fn show(State(sandbox): State<Arc<Sandbox>>, Path(secret): Path<String>) -> Response {
    let shown = async {
        let visitor = Visitor::enter(&sandbox, &secret).await?;
        let settings = visitor.needs(Feature::CustomerUpdate)?;
        Ok(page(&visitor, settings, None, &Wrong::new()))
    };
    shown.await.unwrap_or_else(|instead: Instead| *instead)
}

fn allows(settings: &Value, what: &str) -> bool {
    settings.list("allowed_updates").iter().any(|allowed| allowed == what)
}

fn page(visitor: &Visitor, settings: &Value, typed: Option<&Posted>, wrong: &Wrong) -> Response {
    let customer = &visitor.customer;
    let value = |of: &Value, key: &str| match typed {
        Some(posted) => posted.text(key).to_owned(),
        None => of.text(key).to_owned(),
    };
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let inside: Markup = html! {
        form.stack.loose method="post" action=(visitor.at("customer")) {
            (token_field(&visitor.secret))
            (alert((!wrong.is_empty()).then_some("Please check the fields below.")))
            div.stack {
                @for (key, label, fill, kind) in PLAIN.iter().filter(|(key, ..)| allows(settings, key)) {
                    (field(key, label, &value(customer, key), wrong, &[
                        ("type", kind), ("autocomplete", fill), ("maxlength", "500"),
                    ]))
                }
                @if allows(settings, "address") {
                    @for (key, label, fill) in ADDRESS {
                        (field(key, label, &value(&customer["address"], key), wrong, &[
                            ("autocomplete", fill), ("maxlength", "500"),
                        ]))
                    }
                    (country("country", &value(&customer["address"], "country"), wrong))
                }
            }
            div.row {
                button { "Save" }
                @if visitor.flow.is_none() { a.button.plain href=(visitor.at("")) { "Go back" } }
            }
        }
    };
    step(visitor, status, "Billing information", &inside)
}

/// `POST …/customer`.
pub async fn submit(
    State(sandbox): State<Arc<Sandbox>>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let done = async {
        let (visitor, posted) = Visitor::posting(&sandbox, &secret, &headers, &body).await?;
        let settings = visitor.needs(Feature::CustomerUpdate)?;
        let mut wrong = Wrong::new();
        let params = changes(settings, &posted, &mut wrong);
        if !wrong.is_empty() {
            return Ok(page(&visitor, settings, Some(&posted), &wrong));
        }
        let kept = act(&sandbox, |books| {
            Inside { books }.ask("POST", &format!("/v1/customers/{}", visitor.customer.id()), params)
        });
        match kept.await {
            Ok(_) => Ok(visitor.done(&sandbox).await),
            Err(failed) => Ok(failed.page()),
        }
    };
    done.await.unwrap_or_else(|instead: Instead| *instead)
}

/// What is to be written: only what the configuration allows, whatever else was sent.
fn changes(settings: &Value, posted: &Posted, wrong: &mut Wrong) -> Map<String, Value> {
    let mut params = Map::new();
    for (key, ..) in PLAIN.iter().filter(|(key, ..)| allows(settings, key)) {
        params.insert((*key).to_owned(), json!(posted.text(key)));
    }
    if allows(settings, "email") {
        let email = posted.text("email");
        let is_address = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        if !is_address || email.chars().any(char::is_whitespace) {
            wrong.insert("email", "Enter an e-mail address like you@example.com.".to_owned());
        }
    }
    if allows(settings, "address") {
        let mut address = Map::new();
        for (key, ..) in ADDRESS {
            address.insert(key.to_owned(), json!(posted.text(key)));
        }
        let country = posted.text("country");
        if is_known(country) {
            address.insert("country".to_owned(), json!(country));
        } else {
            wrong.insert("country", "Choose a country.".to_owned());
        }
        params.insert("address".to_owned(), Value::Object(address));
    }
    params
}

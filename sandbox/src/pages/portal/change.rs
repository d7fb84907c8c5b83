//! Choosing another plan, interval or quantity. Nothing happens here yet: the choice leads to the
//! page that shows its price.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use super::offered::{Offer, is_changeable, offers};
use super::parts::{alert, item, step};
use super::visitor::{Feature, Visitor};
use crate::fields::Fields;
use crate::memory::Sandbox;
use crate::pages::hosted::card_fields::{Wrong, field};
use crate::pages::hosted::frame::notice;
use crate::pages::hosted::words;

/// `GET …/subscriptions/{subscription}/update`.
pub async fn show(
    State(sandbox): State<Arc<Sandbox>>,
    Path((secret, subscription)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let visitor = match Visitor::enter(&sandbox, &secret).await {
        Ok(visitor) => visitor,
        Err(instead) => return *instead,
    };
    page(&visitor, &subscription, &query, None)
}

/// The page with the choices; `wrong` says why the last one could not be taken.
pub fn page(visitor: &Visitor, id: &str, query: &HashMap<String, String>, wrong: Option<&str>) -> Response {
    if let Err(instead) = visitor.needs(Feature::SubscriptionUpdate) {
        return *instead;
    }
    let subscription = match visitor.subscription(id) {
        Ok(subscription) => subscription,
        Err(instead) => return *instead,
    };
    if !is_changeable(visitor, subscription) {
        let text = "This subscription can't be changed here.";
        return notice(StatusCode::FORBIDDEN, "Not available", text, Some((&visitor.at(""), "Billing portal")));
    }
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    step(visitor, status, "Change your plan", &choices(visitor, subscription, query, wrong))
}

fn choices(visitor: &Visitor, subscription: &Value, query: &HashMap<String, String>, wrong: Option<&str>) -> Markup {
    let current = item(subscription);
    let chosen = query.get("price").map_or(current["price"].id(), String::as_str);
    let offers = offers(visitor, subscription);
    let adjustable = offers.iter().find_map(|offer| offer.quantities);
    let quantity = query.get("quantity").cloned().unwrap_or_else(|| current.int("quantity").to_string());
    html! {
        form.stack.loose method="get" action=(visitor.at(&format!("subscriptions/{}/confirm", subscription.id()))) {
            (alert(wrong))
            @for (every, of_interval) in by_interval(&offers) {
                fieldset {
                    legend { "Paid " (every) }
                    div.choices {
                        @for offer in of_interval { (choice(visitor, offer, current, chosen)) }
                    }
                }
            }
            @if let Some((least, most)) = adjustable {
                (field("quantity", "Quantity", &quantity, &Wrong::new(), &[
                    ("type", "number"), ("inputmode", "numeric"), ("min", &least.to_string()), ("max", &most.to_string()),
                ]))
            }
            div.row { button { "Continue" } }
        }
    }
}

fn by_interval<'o>(offers: &'o [Offer<'o>]) -> Vec<(String, Vec<&'o Offer<'o>>)> {
    let mut groups: Vec<(String, Vec<&Offer<'_>>)> = Vec::new();
    for offer in offers {
        let every = words::every(&offer.price["recurring"]);
        match groups.iter_mut().find(|(known, _)| *known == every) {
            Some((_, group)) => group.push(offer),
            None => groups.push((every, vec![offer])),
        }
    }
    groups
}

fn choice(visitor: &Visitor, offer: &Offer<'_>, current: &Value, chosen: &str) -> Markup {
    let id = offer.price.id();
    html! {
        label.choice data-testid="plan-choice" {
            input type="radio" name="price" value=(id) checked[id == chosen] required;
            span {
                (words::product(&visitor.books, offer.price))
                @if current["price"]["id"] == offer.price["id"] { " " span.mark { "Current" } }
            }
            span.money { (words::price(offer.price, 1)) }
        }
    }
}

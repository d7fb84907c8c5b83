//! Confirming a change of plan: what it costs now, shown before anything is done.
//!
//! What must hold: the amount shown is the amount billed. Both come from the same update of the
//! subscription, on a copy of the books for the one and in a transaction for the other, and the
//! moment from which time is counted is carried from the first to the second.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use super::change;
use super::offered::pick;
use super::parts::{alert, item, step};
use super::update::{Change, Cost, apply, cost};
use super::visitor::{Feature, Instead, Visitor};
use crate::fields::Fields;
use crate::http::errors::{ApiError, ErrorType};
use crate::memory::Sandbox;
use crate::objects::paying::AUTHENTICATION_REQUIRED;
use crate::pages::checkout::declined_in_words;
use crate::pages::hosted::acting::{Failed, act};
use crate::pages::hosted::frame::Frame;
use crate::pages::hosted::posted::token_field;
use crate::pages::hosted::words;
use crate::pages::three_d_secure;

/// How old a shown price may be, in seconds.
const PRICE_HOLDS: i64 = 60 * 60;
const TOO_LATE: &str = "The price was worked out again, since the page was open for long. Please confirm it.";

/// `GET …/subscriptions/{subscription}/confirm`.
pub async fn show(
    State(sandbox): State<Arc<Sandbox>>,
    Path((secret, id)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let shown = async {
        let visitor = Visitor::enter(&sandbox, &secret).await?;
        visitor.needs(Feature::SubscriptionUpdate)?;
        let subscription = visitor.subscription(&id)?;
        let asked = |key: &str| query.get(key).map(|text| text.trim());
        match change(&visitor, subscription, &asked, visitor.now()) {
            Ok(change) => Ok(page(&visitor, subscription, &change, None)),
            Err(_) if query.is_empty() => Ok(change::page(&visitor, &id, &query, None)),
            Err(wrong) => Ok(change::page(&visitor, &id, &query, Some(&wrong))),
        }
    };
    shown.await.unwrap_or_else(|instead: Instead| *instead)
}

/// The change that is asked for, or the one that the flow is about.
fn change<'q>(
    visitor: &Visitor,
    subscription: &Value,
    asked: &dyn Fn(&str) -> Option<&'q str>,
    from: i64,
) -> Result<Change, String> {
    let of_flow =
        visitor.flow.as_ref().map(|flow| &flow["subscription_update_confirm"]).filter(|flow| flow.is_object());
    if let Some(flow) = of_flow {
        return Ok(Change::of_flow(flow, subscription, from));
    }
    let price = asked("price").unwrap_or_default();
    let (price, quantity) = pick(visitor, subscription, price, asked("quantity"))?;
    let code = asked("code").filter(|code| !code.is_empty() && takes_codes(visitor));
    Ok(Change { price, quantity, from, code: code.map(str::to_owned), discounts: None })
}

fn takes_codes(visitor: &Visitor) -> bool {
    let settings = visitor.feature(Feature::SubscriptionUpdate);
    settings.is_some_and(|on| on.list("default_allowed_updates").iter().any(|what| what == "promotion_code"))
}

/// `said` is why the page is shown again, with its status.
fn page(visitor: &Visitor, subscription: &Value, change: &Change, said: Option<(StatusCode, &str)>) -> Response {
    let costed = cost(visitor, subscription, change);
    let (cost, wrong) = match costed {
        Ok(cost) => (Some(cost), None),
        Err(error) if error.status == 501 => return Failed::Refused(error).page(),
        Err(error) => (None, Some(error.message)),
    };
    let status = match (said, &wrong) {
        (Some((status, _)), _) => status,
        (None, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, None) => StatusCode::OK,
    };
    let inside = html! {
        div.stack.loose {
            (alert(said.map(|(_, words)| words).or(wrong.as_deref())))
            (before_and_after(visitor, subscription, change))
            @if let Some(cost) = &cost { (bill(cost)) }
            @if visitor.flow.is_none() && takes_codes(visitor) { (code(visitor, subscription, change)) }
            @if cost.is_some() { (button(visitor, subscription, change)) }
        }
    };
    step(visitor, status, "Confirm your change", &inside)
}

fn before_and_after(visitor: &Visitor, subscription: &Value, change: &Change) -> Markup {
    let now = item(subscription);
    let next = visitor.books.prices.get(&change.price).unwrap_or(&now["price"]);
    html! {
        dl.facts.sheet {
            dt { "Now" }
            dd { (words::product(&visitor.books, &now["price"])) ", "
                (words::price(&now["price"], now.maybe_int("quantity").unwrap_or(1))) }
            dt { "Then" }
            dd data-testid="next-plan" { strong { (words::product(&visitor.books, next)) } ", "
                (words::price(next, change.quantity)) }
        }
    }
}

fn bill(cost: &Cost) -> Markup {
    let currency = &cost.currency;
    html! {
        section.sheet aria-labelledby="bill-heading" {
            h2 #bill-heading { @if cost.is_now { "Charged today" } @else { "On your next invoice" } }
            @if cost.lines.is_empty() { p.soft { "Nothing is charged or credited for the time that is left." } }
            @else {
                ul.lines.plain {
                    @for (words, amount) in &cost.lines {
                        li.line { span { (words) } span.money { (words::amount(*amount, currency)) } }
                    }
                }
            }
            dl.sum {
                @if cost.discount > 0 { dt { "Discount" } dd { "−" (words::amount(cost.discount, currency)) } }
                @if cost.balance != 0 { dt { "From your balance" } dd { (words::amount(cost.balance, currency)) } }
                dt.total { "Due today" }
                dd.total data-testid="due-today" { (words::amount(cost.due_now, currency)) }
            }
            @if cost.is_now && cost.total < 0 {
                p.soft { (words::amount(-cost.total, currency)) " is credited to your next invoices." }
            }
        }
    }
}

fn code(visitor: &Visitor, subscription: &Value, change: &Change) -> Markup {
    html! {
        form.row method="get" action=(visitor.at(&format!("subscriptions/{}/confirm", subscription.id()))) {
            input type="hidden" name="price" value=(change.price);
            input type="hidden" name="quantity" value=(change.quantity);
            div.field {
                label for="code" { "Promotion code (optional)" }
                div.beside {
                    input #code name="code" value=(change.code.as_deref().unwrap_or_default()) maxlength="100"
                        autocomplete="off" spellcheck="false";
                    button.plain { "Apply" }
                }
            }
        }
    }
}

/// What carries the change to the post.
fn carried(change: &Change) -> Markup {
    html! {
        input type="hidden" name="price" value=(change.price);
        input type="hidden" name="quantity" value=(change.quantity);
        input type="hidden" name="from" value=(change.from);
        @if let Some(code) = &change.code { input type="hidden" name="code" value=(code); }
    }
}

fn button(visitor: &Visitor, subscription: &Value, change: &Change) -> Markup {
    html! {
        form.row method="post" action=(visitor.at(&format!("subscriptions/{}/confirm", subscription.id()))) {
            (token_field(&visitor.secret))
            (carried(change))
            button name="act" value="confirm" data-testid="confirm-change" { "Confirm" }
            @if visitor.flow.is_none() { a.button.plain href=(visitor.at("")) { "Go back" } }
        }
    }
}

/// `POST …/subscriptions/{subscription}/confirm`.
pub async fn submit(
    State(sandbox): State<Arc<Sandbox>>,
    Path((secret, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let done = async {
        let (visitor, posted) = Visitor::posting(&sandbox, &secret, &headers, &body).await?;
        visitor.needs(Feature::SubscriptionUpdate)?;
        let subscription = visitor.subscription(&id)?;
        let now = visitor.now();
        let earliest = (now - PRICE_HOLDS).max(item(subscription).int("current_period_start"));
        let from = posted.text("from").parse().ok().filter(|from| (earliest..=now).contains(from));
        let asked = |key: &str| posted.given(key);
        let change = match change(&visitor, subscription, &asked, from.unwrap_or(now)) {
            Ok(change) => change,
            // Sent twice: it is done already.
            Err(_) if is_done(subscription, posted.text("price"), posted.text("quantity")) => {
                return Ok(visitor.done(&sandbox).await);
            }
            Err(wrong) => return Ok(change::page(&visitor, &id, &HashMap::new(), Some(&wrong))),
        };
        Ok(match (from, posted.text("act")) {
            (None, _) => page(&visitor, subscription, &change, Some((StatusCode::CONFLICT, TOO_LATE))),
            (_, "fail") => refused(&visitor, subscription, &change, &not_authenticated()),
            (_, act) => apply_now(&sandbox, &visitor, subscription, &change, act == "complete").await,
        })
    };
    done.await.unwrap_or_else(|instead: Instead| *instead)
}

async fn apply_now(
    sandbox: &Arc<Sandbox>,
    visitor: &Visitor,
    subscription: &Value,
    change: &Change,
    is_authenticated: bool,
) -> Response {
    let applied = act(sandbox, |books| apply(books, visitor, subscription.id(), change, is_authenticated)).await;
    match applied {
        Ok(()) => visitor.done(sandbox).await,
        Err(Failed::Refused(error)) => refused(visitor, subscription, change, &error),
        Err(failed) => failed.page(),
    }
}

fn not_authenticated() -> ApiError {
    ApiError::new(402, ErrorType::Card, "payment_intent_authentication_failure", "")
}

fn is_done(subscription: &Value, price: &str, quantity: &str) -> bool {
    let item = item(subscription);
    item["price"].id() == price && item.int("quantity").to_string() == quantity
}

fn refused(visitor: &Visitor, subscription: &Value, change: &Change, error: &ApiError) -> Response {
    match error.code.as_deref() {
        Some(AUTHENTICATION_REQUIRED) => question(visitor, subscription, change),
        _ if error.status == 402 => {
            page(visitor, subscription, change, Some((StatusCode::PAYMENT_REQUIRED, &declined_in_words(error))))
        }
        _ => Failed::Refused(error.clone()).page(),
    }
}

/// 3-D Secure, for a change that is charged now.
fn question(visitor: &Visitor, subscription: &Value, change: &Change) -> Response {
    let address = visitor.at(&format!("subscriptions/{}/confirm", subscription.id()));
    let due = cost(visitor, subscription, change);
    let (due, currency) = due.map_or((0, String::new()), |cost| (cost.due_now, cost.currency));
    let inside = html! {
        main.frame.narrow {
            (three_d_secure::question(&address, &visitor.secret, &carried(change), due, &currency))
        }
    };
    Frame { status: StatusCode::OK, title: "Confirm with your bank", leads_to: visitor.leads_to() }.around(&inside)
}

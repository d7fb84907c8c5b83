//! Cancelling a subscription, and taking that back.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::parts::{alert, item, name, outlook, step};
use super::visitor::{Feature, Instead, Visitor, is_alive, own};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::inside::Inside;
use crate::life::cancel::is_ending;
use crate::memory::Sandbox;
use crate::pages::hosted::acting::act;
use crate::pages::hosted::frame::see_other;
use crate::pages::hosted::posted::{Posted, token_field};
use crate::pages::hosted::words::{self, FEEDBACK};

const LONGEST_COMMENT: usize = 5000;

/// `GET …/subscriptions/{subscription}/cancel`.
pub async fn show(State(sandbox): State<Arc<Sandbox>>, Path((secret, id)): Path<(String, String)>) -> Response {
    let shown = async {
        let visitor = Visitor::enter(&sandbox, &secret).await?;
        let settings = visitor.needs(Feature::SubscriptionCancel)?;
        let subscription = visitor.subscription(&id)?;
        Ok(page(&visitor, settings, subscription, None))
    };
    shown.await.unwrap_or_else(|instead: Instead| *instead)
}

fn page(visitor: &Visitor, settings: &Value, subscription: &Value, wrong: Option<&str>) -> Response {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let reasons = &settings["cancellation_reason"];
    let inside = html! {
        form.stack.loose method="post" action=(visitor.at(&format!("subscriptions/{}/cancel", subscription.id()))) {
            (token_field(&visitor.secret))
            (alert(wrong))
            div.sheet {
                p.big { (name(&visitor.books, subscription)) }
                p.soft { (words::price(&item(subscription)["price"], item(subscription).maybe_int("quantity").unwrap_or(1))) }
                p data-testid="cancel-effect" { (effect(settings, subscription)) }
            }
            @if reasons.is("enabled") { (why(reasons)) }
            div.row {
                button.bad data-testid="confirm-cancel" { "Cancel plan" }
                @if visitor.flow.is_none() { a.button.plain href=(visitor.at("")) { "Keep plan" } }
            }
        }
    };
    step(visitor, status, "Cancel your plan", &inside)
}

fn effect(settings: &Value, subscription: &Value) -> String {
    let end = item(subscription).int("current_period_end");
    if is_immediate(settings) {
        let refund = match settings.text("proration_behavior") {
            "none" => "The time that is left is not refunded.",
            _ => "The time that is left is credited to you.",
        };
        format!("Your plan ends now. {refund}")
    } else if is_ending(subscription) {
        outlook(subscription)
    } else {
        format!("You keep your plan until {}. It is not renewed, and you are not charged again.", words::day(end))
    }
}

fn is_immediate(settings: &Value) -> bool {
    settings.text("mode") == "immediately"
}

fn why(reasons: &Value) -> Markup {
    let options = reasons.list("options");
    html! {
        fieldset {
            legend { "Why do you cancel? (optional)" }
            div.choices {
                @for (value, words) in FEEDBACK.iter().filter(|(value, _)| options.iter().any(|o| o == value)) {
                    label.choice { input type="radio" name="feedback" value=(value); span { (words) } }
                }
            }
        }
        div.field {
            label for="comment" { "Anything else? (optional)" }
            textarea #comment name="comment" maxlength=(LONGEST_COMMENT) {}
        }
    }
}

/// `POST …/subscriptions/{subscription}/cancel`.
pub async fn submit(
    State(sandbox): State<Arc<Sandbox>>,
    Path((secret, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let done = async {
        let (visitor, posted) = Visitor::posting(&sandbox, &secret, &headers, &body).await?;
        let settings = visitor.needs(Feature::SubscriptionCancel)?;
        if has_ended(&visitor, &id) {
            // Sent twice: it is done already.
            return Ok(visitor.done(&sandbox).await);
        }
        let subscription = visitor.subscription(&id)?;
        let details = match details(settings, &posted) {
            Ok(details) => details,
            Err(wrong) => return Ok(page(&visitor, settings, subscription, Some(&wrong))),
        };
        let ended = act(&sandbox, |books| end(books, &visitor.customer, &id, settings, details)).await;
        match ended {
            Ok(()) => Ok(visitor.done(&sandbox).await),
            Err(failed) => Ok(failed.page()),
        }
    };
    done.await.unwrap_or_else(|instead: Instead| *instead)
}

/// Whether this customer's subscription has ended already.
fn has_ended(visitor: &Visitor, id: &str) -> bool {
    let own = visitor.books.subscriptions.living(id).filter(|s| s["customer"] == visitor.customer["id"]);
    own.is_some_and(|subscription| !is_alive(subscription))
}

/// What was said about why; nothing where the portal does not ask.
fn details(settings: &Value, posted: &Posted) -> Result<Map<String, Value>, String> {
    let reasons = &settings["cancellation_reason"];
    let mut details = Map::new();
    if !reasons.is("enabled") {
        return Ok(details);
    }
    if let Some(feedback) = posted.given("feedback") {
        if !reasons.list("options").iter().any(|option| option == feedback) {
            return Err("Choose one of the reasons.".to_owned());
        }
        details.insert("feedback".into(), json!(feedback));
    }
    if let Some(comment) = posted.given("comment") {
        let comment: String = comment.chars().take(LONGEST_COMMENT).collect();
        details.insert("comment".into(), json!(comment));
    }
    Ok(details)
}

fn end(
    books: &mut Books,
    customer: &Value,
    id: &str,
    settings: &Value,
    details: Map<String, Value>,
) -> Result<(), ApiError> {
    let subscription = own(books.subscriptions.living(id), customer)?.clone();
    let path = format!("/v1/subscriptions/{id}");
    let mut params = Map::new();
    if !details.is_empty() {
        params.insert("cancellation_details".into(), Value::Object(details));
    }
    if is_immediate(settings) {
        let proration = settings.text("proration_behavior");
        if proration != "none" {
            params.insert("prorate".into(), json!(true));
            params.insert("invoice_now".into(), json!(proration == "always_invoice"));
        }
        Inside { books }.ask("DELETE", &path, params)?;
    } else if !is_ending(&subscription) {
        // All subscriptions here are of `billing_mode=flexible`, where the portal sets the day and not the
        // flag (<https://docs.stripe.com/billing/subscriptions/billing-mode/compare>).
        params.insert("cancel_at".into(), json!("max_period_end"));
        Inside { books }.ask("POST", &path, params)?;
    }
    Ok(())
}

/// `POST …/subscriptions/{subscription}/resume`: don't cancel after all.
pub async fn resume(
    State(sandbox): State<Arc<Sandbox>>,
    Path((secret, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let done = async {
        let (visitor, _) = Visitor::posting(&sandbox, &secret, &headers, &body).await?;
        visitor.needs(Feature::SubscriptionCancel)?;
        visitor.subscription(&id)?;
        let kept = act(&sandbox, |books| {
            let subscription = own(books.subscriptions.living(&id), &visitor.customer)?;
            let has_flag = subscription.is("cancel_at_period_end");
            let kept = if has_flag { json!({"cancel_at_period_end": false}) } else { json!({"cancel_at": ""}) };
            Inside { books }.post(&format!("/v1/subscriptions/{id}"), kept)
        });
        match kept.await {
            Ok(_) => Ok(see_other(&visitor.at(""))),
            Err(failed) => Ok(failed.page()),
        }
    };
    done.await.unwrap_or_else(|instead: Instead| *instead)
}

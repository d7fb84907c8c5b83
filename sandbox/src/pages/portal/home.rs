//! The portal's first page: plan, payment methods, invoices, billing information, a way back.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use super::offered;
use super::parts::{item, name, outlook};
use super::visitor::{Feature, Visitor, is_alive};
use crate::fields::Fields;
use crate::life::cancel::is_ending;
use crate::memory::Sandbox;
use crate::pages::hosted::frame::{Frame, notice, see_other};
use crate::pages::hosted::posted::token_field;
use crate::pages::hosted::words;

/// `GET /p/session/{secret}`.
pub async fn show(State(sandbox): State<Arc<Sandbox>>, Path(secret): Path<String>) -> Response {
    let visitor = match Visitor::enter(&sandbox, &secret).await {
        Ok(visitor) => visitor,
        Err(instead) => return *instead,
    };
    match first_page(&visitor) {
        Some(address) => see_other(&address),
        None => Frame { status: StatusCode::OK, title: "Billing portal", leads_to: visitor.leads_to() }
            .around(&page(&visitor)),
    }
}

/// `HEAD`: looking at the headers must not start the hour.
pub async fn only_get() -> Response {
    notice(StatusCode::METHOD_NOT_ALLOWED, "Not allowed", "Open this address in a browser.", None)
}

/// Where a session that was made for one thing begins, and where it stays once that is done.
fn first_page(visitor: &Visitor) -> Option<String> {
    let made_for = &visitor.session["flow"];
    let Some(flow) = &visitor.flow else {
        let stays = made_for.is_object() && made_for["after_completion"].text("type") != "portal_homepage";
        return stays.then(|| visitor.at("done"));
    };
    let subscription = flow[flow.text("type")].text("subscription");
    Some(match flow.text("type") {
        "payment_method_update" => visitor.at("payment-methods/add"),
        "subscription_cancel" => visitor.at(&format!("subscriptions/{subscription}/cancel")),
        "subscription_update" => visitor.at(&format!("subscriptions/{subscription}/update")),
        "subscription_update_confirm" => visitor.at(&format!("subscriptions/{subscription}/confirm")),
        _ => visitor.at("customer"),
    })
}

fn page(visitor: &Visitor) -> Markup {
    let customer = &visitor.customer;
    let email = customer.maybe_text("email");
    let called = customer.maybe_text("name").or(email).unwrap_or("Customer without a name");
    html! {
        main.frame {
            @if let Some(url) = visitor.session.maybe_text("return_url") {
                nav aria-label="Way back" {
                    a.back href=(url) data-testid="return-link" { span aria-hidden="true" { "←" } " Return to the website" }
                }
            }
            div.stack.tight {
                p.soft { (visitor.configuration["business_profile"].maybe_text("headline").unwrap_or("Billing portal")) }
                h1 data-testid="customer-name" { (called) }
                p data-testid="customer-email" { (email.unwrap_or("No e-mail address")) }
                p.soft.small { "Customer " code data-testid="customer-id" { (customer.id()) } }
            }
            (plans(visitor))
            div.pair { (methods(visitor)) (information(visitor)) }
            @if visitor.feature(Feature::InvoiceHistory).is_some() { (invoices(visitor)) }
        }
    }
}

fn plans(visitor: &Visitor) -> Markup {
    let alive: Vec<&Value> =
        visitor.books.subscriptions.of_customer(visitor.customer.id()).filter(|s| is_alive(s)).collect();
    html! {
        section.sheet aria-labelledby="plan-heading" {
            h2 #plan-heading { @if alive.len() > 1 { "Current plans" } @else { "Current plan" } }
            @if alive.is_empty() { p data-testid="plan" { "No current plan" } }
            @for subscription in &alive { (plan(visitor, subscription)) }
        }
    }
}

fn plan(visitor: &Visitor, subscription: &Value) -> Markup {
    let item = item(subscription);
    let at = |page: &str| visitor.at(&format!("subscriptions/{}/{page}", subscription.id()));
    let ends = is_ending(subscription);
    let may_cancel = visitor.feature(Feature::SubscriptionCancel).is_some();
    html! {
        div.row.apart.top.plan data-testid="subscription" {
            div.stack.tight {
                p.big data-testid="plan" { (name(&visitor.books, subscription)) }
                p data-testid="price" { (words::price(&item["price"], item.maybe_int("quantity").unwrap_or(1))) }
                p.soft data-testid="renewal" { (outlook(subscription)) }
                p { (status(subscription.text("status"))) }
            }
            div.row {
                @if offered::is_changeable(visitor, subscription) && !ends {
                    a.button href=(at("update")) { "Change plan" }
                }
                @if may_cancel && ends {
                    form method="post" action=(at("resume")) {
                        (token_field(&visitor.secret))
                        button data-testid="resume" { "Don't cancel" }
                    }
                } @else if may_cancel {
                    a.button.plain href=(at("cancel")) { "Cancel plan" }
                }
            }
        }
    }
}

fn status(status: &str) -> Markup {
    let kind = match status {
        "active" | "trialing" => "mark good",
        "past_due" | "unpaid" => "mark bad",
        _ => "mark warn",
    };
    html! { span class=(kind) data-testid="status" { (status.replace('_', " ")) } }
}

fn methods(visitor: &Visitor) -> Markup {
    let may_change = visitor.feature(Feature::PaymentMethodUpdate).is_some();
    let default = visitor.default_method();
    let mut methods: Vec<&Value> = visitor.books.payment_methods.of_customer(visitor.customer.id()).collect();
    // The default first.
    methods.sort_by_key(|method| Some(method.id()) != default);
    html! {
        section.sheet aria-labelledby="method-heading" {
            h2 #method-heading { "Payment method" }
            @if methods.is_empty() { p data-testid="payment-method" { "No payment method" } }
            @else {
                ul.rows {
                    @for method in methods { (self::method(visitor, method, Some(method.id()) == default, may_change)) }
                }
            }
            @if may_change { p { a.button.plain href=(visitor.at("payment-methods/add")) { "Add payment method" } } }
        }
    }
}

fn method(visitor: &Visitor, method: &Value, is_default: bool, may_change: bool) -> Markup {
    let at = |deed: &str| visitor.at(&format!("payment-methods/{}/{deed}", method.id()));
    let card = words::card(method);
    html! {
        li data-testid="method-row" {
            div {
                p data-testid=(if is_default { "payment-method" } else { "other-method" }) { (card) }
                p.soft.small { "Expires " (words::expiry(method)) @if is_default { " · Default" } }
            }
            @if may_change && !is_default {
                div.row {
                    form method="post" action=(at("default")) {
                        (token_field(&visitor.secret))
                        button.link aria-label=(format!("Make default: {card}")) { "Make default" }
                    }
                    form method="post" action=(at("remove")) {
                        (token_field(&visitor.secret))
                        button.link aria-label=(format!("Remove: {card}")) { "Remove" }
                    }
                }
            }
        }
    }
}

fn information(visitor: &Visitor) -> Markup {
    let customer = &visitor.customer;
    let address = &customer["address"];
    let lines: Vec<&str> = ["line1", "line2", "postal_code", "city", "state", "country"]
        .iter()
        .filter_map(|key| address.maybe_text(key))
        .collect();
    html! {
        section.sheet aria-labelledby="information-heading" {
            h2 #information-heading { "Billing information" }
            dl.facts {
                dt { "Name" } dd { (customer.maybe_text("name").unwrap_or("–")) }
                dt { "E-mail" } dd { (customer.maybe_text("email").unwrap_or("–")) }
                dt { "Address" } dd { @if lines.is_empty() { "–" } @else { (lines.join(", ")) } }
                @if let Some(phone) = customer.maybe_text("phone") { dt { "Phone" } dd { (phone) } }
            }
            @if visitor.feature(Feature::CustomerUpdate).is_some() {
                p { a.button.plain href=(visitor.at("customer")) { "Update information" } }
            }
        }
    }
}

fn invoices(visitor: &Visitor) -> Markup {
    let rows: Vec<&Value> = visitor
        .books
        .invoices
        .of_customer(visitor.customer.id())
        .filter(|invoice| invoice.text("status") != "draft")
        .collect();
    html! {
        section.sheet aria-labelledby="invoices-heading" {
            h2 #invoices-heading { "Invoices" }
            @if rows.is_empty() { p data-testid="no-invoices" { "No invoices yet" } }
            @else {
                // What scrolls must be reachable by keyboard.
                div.scroll tabindex="0" role="group" aria-labelledby="invoices-heading" {
                    table.invoices {
                        thead { tr {
                            th scope="col" { "Date" } th scope="col" { "Number" } th scope="col" { "Amount" }
                            th scope="col" { "Status" } th scope="col" { span.visually-hidden { "Page" } }
                        } }
                        tbody { @for invoice in rows { (invoice_row(invoice)) } }
                    }
                }
            }
        }
    }
}

fn invoice_row(invoice: &Value) -> Markup {
    let (number, is_open) = (invoice.text("number"), invoice.text("status") == "open");
    html! {
        tr data-testid="invoice-row" {
            td { (words::day(invoice.int("created"))) }
            td { (number) }
            td { (words::amount(invoice.int("total"), invoice.text("currency"))) }
            td { span class=(if is_open { "mark warn" } else { "mark" }) { (invoice.text("status")) } }
            td {
                @if let Some(url) = invoice.maybe_text("hosted_invoice_url") {
                    a href=(url) { @if is_open { "Pay" } @else { "View" } span.visually-hidden { " invoice " (number) } }
                }
            }
        }
    }
}

impl Visitor {
    /// The payment method that is charged next: of the newest subscription, else of the customer.
    pub fn default_method(&self) -> Option<&str> {
        let newest = self.books.subscriptions.of_customer(self.customer.id()).find(|s| is_alive(s));
        let of_subscription = newest.and_then(|subscription| subscription.maybe_text("default_payment_method"));
        of_subscription.or_else(|| self.customer["invoice_settings"].maybe_text("default_payment_method"))
    }
}

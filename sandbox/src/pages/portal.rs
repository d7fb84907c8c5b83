//! The hosted billing portal, for reading: plan, payment method, invoices, a way back.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::Value;

use super::html::{escape, text};
use super::layout::{BANNER, notice, page};
use crate::books::Books;
use crate::calendar;
use crate::memory::Sandbox;
use crate::money;
use crate::objects::portal_session::{Opened, open};
use crate::state::StateFile;

/// `GET /p/session/{secret}`.
pub async fn show(State(sandbox): State<Arc<Sandbox>>, method: Method, Path(secret): Path<String>) -> Response {
    if method != Method::GET {
        // Looking at the headers must not start the hour.
        return notice(StatusCode::METHOD_NOT_ALLOWED, "Not allowed", "Open this address in a browser.");
    }
    let (response, snapshot) = {
        let mut memory = sandbox.memory();
        let opened = open(&mut memory.books, &secret, sandbox.clock.now());
        memory.changes += 1;
        let snapshot = sandbox.state_file.is_some().then(|| StateFile::snapshot(&memory));
        (respond(&memory.books, opened), snapshot)
    };
    if let Some(snapshot) = snapshot
        && crate::saving::save(&sandbox, snapshot).await.is_err()
    {
        return notice(StatusCode::INTERNAL_SERVER_ERROR, "Not saved", "The sandbox could not save its state.");
    }
    response
}

fn respond(books: &Books, opened: Opened) -> Response {
    let session = match opened {
        Opened::Session(session) => session,
        Opened::Expired => {
            let text =
                "For your safety, links to the billing portal work for a short time only. Go back and open it again.";
            return notice(StatusCode::GONE, "This link has expired", text);
        }
        Opened::Unknown => {
            let text = "There is no portal session at this address.";
            return notice(StatusCode::NOT_FOUND, "Page not found", text);
        }
    };
    match session["customer"].as_str().and_then(|id| books.customers.living(id)) {
        Some(customer) => page(StatusCode::OK, "Billing portal", &portal(books, &session, customer)),
        None => notice(StatusCode::GONE, "This customer was deleted", "There is nothing left to manage."),
    }
}

fn portal(books: &Books, session: &Value, customer: &Value) -> String {
    let name = customer["name"].as_str().or(customer["email"].as_str()).unwrap_or("Customer without a name");
    let email = customer["email"].as_str().unwrap_or("No e-mail address");
    let back = session["return_url"].as_str().map_or_else(String::new, |url| {
        let url = escape(url);
        format!("<nav aria-label=\"Way back\"><a class=\"button\" data-testid=\"return-link\" href=\"{url}\">← Return to the website</a></nav>")
    });
    format!(
        "<header>{BANNER}</header><main class=\"frame\">{back}\
         <header class=\"top\"><p class=\"soft\">Billing portal</p><h1 data-testid=\"customer-name\">{}</h1>\
         <p data-testid=\"customer-email\">{}</p>\
         <p class=\"soft\">Customer <code data-testid=\"customer-id\">{}</code></p></header>\
         <div class=\"pair\">{}{}</div>{}</main>",
        escape(name),
        escape(email),
        text(&customer["id"]),
        plan(books, customer),
        payment_method(books, customer),
        invoices(books, customer),
    )
}

fn current<'b>(books: &'b Books, customer: &Value) -> Option<&'b Value> {
    books.subscriptions.newest_first().find(|s| s["customer"] == customer["id"] && s["status"] != "canceled")
}

fn plan(books: &Books, customer: &Value) -> String {
    let inside = match current(books, customer) {
        None => "<p data-testid=\"plan\">No current plan</p>".to_owned(),
        Some(subscription) => {
            let item = &subscription["items"]["data"][0];
            let price = &item["price"];
            let product = price["product"].as_str().and_then(|id| books.products.get(id));
            let name = product.map_or_else(String::new, |product| text(&product["name"]));
            let every = every(&price["recurring"]);
            let end = calendar::day(item["current_period_end"].as_i64().unwrap_or(0));
            let renewal = if subscription["cancel_at_period_end"] == true {
                format!("Ends on {end} and does not renew")
            } else {
                format!("Renews on {end}")
            };
            format!(
                "<p class=\"big\" data-testid=\"plan\">{name}</p>\
                 <p data-testid=\"price\">{}{} {}</p><p class=\"soft\" data-testid=\"renewal\">{renewal}</p>\
                 <p><span class=\"mark\" data-testid=\"status\">{}</span></p>",
                times(&item["quantity"]),
                money::written(&price["unit_amount"], &price["currency"]),
                escape(&every),
                text(&subscription["status"]),
            )
        }
    };
    format!(
        "<section class=\"sheet\" aria-labelledby=\"plan-heading\"><h2 id=\"plan-heading\">Current plan</h2>{inside}</section>"
    )
}

fn times(quantity: &Value) -> String {
    match quantity.as_i64() {
        None | Some(1) => String::new(),
        Some(quantity) => format!("{quantity} × "),
    }
}

fn every(recurring: &Value) -> String {
    let interval = recurring["interval"].as_str().unwrap_or_default();
    match recurring["interval_count"].as_i64() {
        None | Some(1) => format!("per {interval}"),
        Some(count) => format!("every {count} {interval}s"),
    }
}

fn payment_method(books: &Books, customer: &Value) -> String {
    let of_subscription = current(books, customer).and_then(|s| s["default_payment_method"].as_str());
    let id = of_subscription.or(customer["invoice_settings"]["default_payment_method"].as_str());
    let inside = match id.and_then(|id| books.payment_methods.get(id)) {
        None => "<p data-testid=\"payment-method\">No payment method</p>".to_owned(),
        Some(method) => {
            let card = &method["card"];
            format!(
                "<p class=\"big\" data-testid=\"payment-method\">{} ending in {}</p>\
                 <p class=\"soft\">Expires {:02}/{}</p>",
                escape(brand(&card["brand"])),
                text(&card["last4"]),
                card["exp_month"].as_i64().unwrap_or(0),
                card["exp_year"],
            )
        }
    };
    format!(
        "<section class=\"sheet\" aria-labelledby=\"method-heading\"><h2 id=\"method-heading\">Payment method</h2>{inside}</section>"
    )
}

/// The brand as it writes itself.
fn brand(code: &Value) -> &str {
    match code.as_str().unwrap_or_default() {
        "amex" => "American Express",
        "discover" => "Discover",
        "mastercard" => "Mastercard",
        "visa" => "Visa",
        other => other,
    }
}

fn invoices(books: &Books, customer: &Value) -> String {
    let rows = books
        .invoices
        .newest_first()
        .filter(|invoice| invoice["customer"] == customer["id"])
        .map(|invoice| {
            format!(
                "<tr data-testid=\"invoice-row\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                calendar::day(invoice["created"].as_i64().unwrap_or(0)),
                text(&invoice["number"]),
                money::written(&invoice["total"], &invoice["currency"]),
                text(&invoice["status"]),
            )
        })
        .collect::<Vec<_>>()
        .concat();
    let inside = if rows.is_empty() {
        "<p data-testid=\"no-invoices\">No invoices yet</p>".to_owned()
    } else {
        // What scrolls must be reachable by keyboard.
        format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"invoices-heading\"><table>\
             <thead><tr><th scope=\"col\">Date</th><th scope=\"col\">Number</th><th scope=\"col\">Amount</th>\
             <th scope=\"col\">Status</th></tr></thead><tbody>{rows}</tbody></table></div>"
        )
    };
    format!(
        "<section class=\"sheet\" aria-labelledby=\"invoices-heading\"><h2 id=\"invoices-heading\">Invoices</h2>{inside}</section>"
    )
}

//! `/`: what the sandbox holds, for people.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::html::{escape, text};
use super::layout::{BANNER, page};
use crate::calendar;
use crate::http::request_log::Row;
use crate::memory::Sandbox;

/// How many rows each table shows.
const SHOWN: usize = 50;

/// `GET /`.
pub async fn show(State(sandbox): State<Arc<Sandbox>>) -> Response {
    let memory = sandbox.memory();
    let customers: Vec<[String; 4]> = memory.books.customers.newest_first().take(SHOWN).map(customer).collect();
    let subscriptions: Vec<[String; 4]> =
        memory.books.subscriptions.newest_first().take(SHOWN).map(subscription).collect();
    let mut requests: Vec<[String; 4]> = memory.log.last(SHOWN).map(request).collect();
    requests.reverse();
    let broken = memory.violations.len();
    let inside = format!(
        "<header>{BANNER}</header><main class=\"frame wide\"><header class=\"top\"><h1>Stripe sandbox</h1>\
         <p class=\"soft\">API version {} · contract violations of its own: {broken}</p></header>{}{}{}</main>",
        crate::contract::API_VERSION,
        table("customers", "Customers", ["Id", "Name", "E-mail", "Created"], &customers),
        table("subscriptions", "Subscriptions", ["Id", "Customer", "Status", "Since"], &subscriptions),
        table("requests", "Latest requests", ["At", "Request", "Status", "Object"], &requests),
    );
    page(StatusCode::OK, "Stripe sandbox", &inside)
}

fn customer(customer: &Value) -> [String; 4] {
    [id(&customer["id"]), text(&customer["name"]), text(&customer["email"]), at(&customer["created"])]
}

fn subscription(subscription: &Value) -> [String; 4] {
    [
        id(&subscription["id"]),
        id(&subscription["customer"]),
        text(&subscription["status"]),
        at(&subscription["start_date"]),
    ]
}

fn request(row: &Row) -> [String; 4] {
    let status = row.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let fault = row.fault.as_ref().map_or_else(String::new, |fault| format!(" (fault: {})", escape(fault)));
    let object = row.object_id.as_deref().map(escape).unwrap_or_default();
    [
        calendar::moment(row.at),
        format!("<code>{} {}</code>", escape(&row.method), escape(&row.path)),
        format!("{status}{}{fault}", if row.replayed { " (replayed)" } else { "" }),
        format!("<code>{object}</code>"),
    ]
}

fn id(value: &Value) -> String {
    format!("<code>{}</code>", text(value))
}

fn at(value: &Value) -> String {
    calendar::moment(value.as_i64().unwrap_or(0))
}

/// Cells are HTML, the rest is text known here.
fn table(name: &str, heading: &str, columns: [&str; 4], rows: &[[String; 4]]) -> String {
    let inside = if rows.is_empty() {
        "<p class=\"soft\">None yet</p>".to_owned()
    } else {
        let head = columns.map(|column| format!("<th scope=\"col\">{column}</th>")).concat();
        let body = rows
            .iter()
            .map(|cells| {
                let cells = cells.each_ref().map(|cell| format!("<td>{cell}</td>"));
                format!("<tr>{}</tr>", cells.concat())
            })
            .collect::<Vec<_>>()
            .concat();
        format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"{name}\"><table>\
             <thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )
    };
    format!("<section class=\"sheet\" aria-labelledby=\"{name}\"><h2 id=\"{name}\">{heading}</h2>{inside}</section>")
}

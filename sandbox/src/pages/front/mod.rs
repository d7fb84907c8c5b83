//! `/`: what the sandbox holds and does, for people, as it happens.

mod acts;
mod sections;
mod table;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

use super::layout::{BANNER, live_page};
use crate::memory::{Memory, Sandbox};

/// The page and what its buttons do.
pub fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/", get(show))
        .route("/clocks/{clock}/advance", post(acts::advance))
        .route("/deliveries/{delivery}/again", post(acts::deliver_again))
        .route("/deliveries/retry", post(acts::retry))
}

/// `GET /`; with `?live=off` it stays as it is.
async fn show(State(sandbox): State<Arc<Sandbox>>, Query(query): Query<HashMap<String, String>>) -> Response {
    let is_live = query.get("live").is_none_or(|live| live != "off");
    let inside = whole(&sandbox.memory(), is_live);
    live_page(StatusCode::OK, "Stripe sandbox", &inside, is_live)
}

fn whole(memory: &Memory, is_live: bool) -> String {
    let sections = [
        ("clocks", "Test clocks", sections::clocks(memory)),
        ("subscriptions", "Subscriptions", sections::subscriptions(memory)),
        ("customers", "Customers", sections::customers(memory)),
        ("events", "Events", sections::events(memory)),
        ("deliveries", "Webhook deliveries", sections::deliveries(memory)),
        ("requests", "Requests", sections::requests(memory)),
    ];
    let links = sections.iter().map(|(name, heading, _)| format!("<a href=\"#{name}\">{heading}</a>"));
    let links = links.collect::<Vec<_>>().join(" ");
    let broken = memory.violations.len();
    let live =
        if is_live { "<a href=\"/?live=off\">Stop updating</a>" } else { "<a href=\"/\">Update as it happens</a>" };
    let body = sections.map(|(name, heading, inside)| {
        format!(
            "<section class=\"sheet\" aria-labelledby=\"{name}\"><h2 id=\"{name}\">{heading}</h2>\
             <div data-live=\"{name}\">{inside}</div></section>"
        )
    });
    format!(
        "<header>{BANNER}</header><main class=\"frame wide\"><header class=\"top\"><h1>Stripe sandbox</h1>\
         <p class=\"soft\" data-live=\"state\">API version {} · contract violations of its own: {broken}</p>\
         <nav class=\"links\" aria-label=\"Sections\">{links} {live}</nav></header>{}</main>",
        crate::contract::API_VERSION,
        body.concat(),
    )
}

//! Events, to be read again.

use serde_json::{Value, json};

use super::list;
use super::operation::{Call, Modelled, on};
use crate::books::Books;
use crate::events::Event;
use crate::fields::Fields;
use crate::http::errors::ApiError;

pub const OPERATIONS: &[Modelled] = &[
    on("GET", "/v1/events", &["delivery_success", "type", "types"], list_all),
    on("GET", "/v1/events/{id}", &[], retrieve),
];

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let found = books.events.get(call.id()).map(Event::envelope);
    found.ok_or_else(|| ApiError::no_such("event", call.id(), "id", true))
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let types: Vec<&str> =
        call.params.get("types").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let is_asked = |kind: &str| {
        let one = call.text("type");
        one.is_none_or(|one| matches(one, kind)) && (types.is_empty() || types.iter().any(|one| matches(one, kind)))
    };
    let delivered = call.params.get("delivery_success").and_then(Value::as_bool);
    let is_wanted = |event: &&Event| {
        is_asked(&event.kind) && delivered.is_none_or(|delivered| delivered == (event.pending_webhooks == 0))
    };
    // What paging looks at; the envelopes are made for the page only.
    let short = |event: &Event| json!({"id": event.id, "created": event.created});
    let all: Vec<Value> = books.events.newest_first().filter(is_wanted).map(short).collect();
    let mut page = list::page(call, all.iter(), |_| true)?;
    for entry in page["data"].as_array_mut().into_iter().flatten() {
        *entry = books.events.get(entry.id()).map_or(Value::Null, Event::envelope);
    }
    Ok(page)
}

/// `invoice.*` is every event of invoices, `*` every event.
fn matches(pattern: &str, kind: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => kind.starts_with(beginning),
        None => pattern == kind,
    }
}

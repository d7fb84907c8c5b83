//! Addresses of events: what is looked for stands in them.

use domain::cursor::Cursor;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use services::console::TypedEventFilter;

pub const LIST: &str = "/admin/events";
/// All but what the provider's ids are made of.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-');

/// One event's.
pub fn of(id: &str) -> String {
    format!("{LIST}/{}", utf8_percent_encode(id, ESCAPED))
}

/// Of what was looked for, from a place on.
pub fn of_list(typed: &TypedEventFilter, from: Option<&Cursor>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let values = [("state", &typed.state), ("type", &typed.kind), ("about", &typed.about), ("id", &typed.id)];
    query.extend_pairs(values.into_iter().filter(|(_, value)| !value.is_empty()));
    if let Some(from) = from {
        query.append_pair("from", &from.to_string());
    }
    match query.finish() {
        query if query.is_empty() => LIST.to_owned(),
        query => format!("{LIST}?{query}"),
    }
}

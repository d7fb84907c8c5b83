//! Addresses of organisations in the console.

use domain::OrgId;

pub const LIST: &str = "/admin/organizations";

/// By its id: an address of its own may be another one's tomorrow.
pub fn of(org: OrgId) -> String {
    format!("{LIST}/{org}")
}

/// One of its members', by ids.
pub fn of_member(org: &str, user: &str) -> String {
    format!("{LIST}/{org}/members/{user}")
}

/// `base` with those values that are not empty.
pub fn with(base: &str, values: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(values.iter().filter(|(_, value)| !value.is_empty()));
    match query.finish() {
        query if query.is_empty() => base.to_owned(),
        query => format!("{base}?{query}"),
    }
}

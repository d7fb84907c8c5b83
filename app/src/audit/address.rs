//! Addresses of the audit log: what is asked for stands in them.

use services::audit::TypedAuditFilter;

pub fn page(org: &str) -> String {
    format!("/o/{org}/settings/audit")
}

/// Of one page of what was asked for.
pub fn of_page(org: &str, typed: &TypedAuditFilter, number: u32) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let values = [
        ("action", &typed.action),
        ("outcome", &typed.outcome),
        ("about", &typed.about),
        ("from", &typed.from),
        ("until", &typed.until),
    ];
    query.extend_pairs(values.into_iter().filter(|(_, value)| !value.is_empty()));
    if number > 0 {
        query.append_pair("page", &number.to_string());
    }
    match query.finish() {
        query if query.is_empty() => page(org),
        query => format!("{}?{query}", page(org)),
    }
}

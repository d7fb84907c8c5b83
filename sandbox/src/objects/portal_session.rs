//! Portal sessions: one customer, one unguessable address, short-lived.

use serde_json::{Value, json};
use url::Url;

use super::operation::{Call, Modelled, on};
use super::portal_flow;
use crate::books::{Books, PortalVisit};
use crate::http::errors::ApiError;

/// Seconds in which the address must be opened.
const TO_OPEN: i64 = 5 * 60;
/// Seconds for which an opened portal works.
const OPEN: i64 = 60 * 60;

pub const OPERATIONS: &[Modelled] = &[on(
    "POST",
    "/v1/billing_portal/sessions",
    &["configuration", "customer", "flow_data", "locale", "return_url"],
    create,
)];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    // The contract does not mark it, since an account may stand instead; the sandbox has no accounts.
    let customer = call.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    books.customer(customer, "customer")?;
    let configuration = configuration(books, call)?;
    let return_url = match call.text("return_url") {
        Some(url) => json!(web_address(url, "return_url")?),
        None => configuration["default_return_url"].clone(),
    };
    let (id, secret) = (books.ids.object("bps"), books.ids.secret());
    let session = json!({
        "id": id, "object": "billing_portal.session", "configuration": configuration["id"], "created": call.now,
        "customer": customer, "customer_account": null, "flow": portal_flow::of(books, call, &configuration, customer)?, "livemode": false,
        "locale": call.or_null("locale"), "on_behalf_of": null, "return_url": return_url,
        "url": format!("{}/p/session/{secret}", call.public_url),
    });
    books.create(&session);
    books
        .portal_visits
        .insert_cow(secret, PortalVisit { session: id, created: call.now, opened: None, is_flow_done: false });
    Ok(session)
}

fn configuration(books: &Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let Some(id) = call.text("configuration") else {
        let default = books.portal_configurations.newest_first().find(|c| c["is_default"] == true);
        return default.cloned().ok_or_else(|| ApiError::missing("configuration"));
    };
    match books.portal_configurations.get(id) {
        None => Err(ApiError::no_such("configuration", id, "configuration", false)),
        Some(found) if found["active"] == false => {
            Err(ApiError::invalid("configuration", "The configuration is inactive."))
        }
        Some(found) => Ok(found.clone()),
    }
}

/// A text that is a web address.
///
/// # Errors
/// 400 naming the parameter when it is not.
pub fn web_address<'t>(text: &'t str, param: &str) -> Result<&'t str, ApiError> {
    match Url::parse(text) {
        Ok(url) if ["http", "https"].contains(&url.scheme()) && url.has_host() && text.is_ascii() => Ok(text),
        _ => Err(ApiError::coded("url_invalid", param, "Not a valid URL")),
    }
}

/// What an address leads to.
#[derive(Debug, PartialEq)]
pub enum Opened {
    /// The session, for as long as it lives.
    Session(Value),
    /// Once valid, no more.
    Expired,
    /// Never valid.
    Unknown,
}

/// Opens an address at `now`; the first time starts the hour.
pub fn open(books: &mut Books, secret: &str, now: i64) -> Opened {
    let Some(visit) = books.portal_visits.get_mut_cow(secret) else {
        return Opened::Unknown;
    };
    let is_over = match visit.opened {
        None => now - visit.created >= TO_OPEN,
        Some(at) => now - at >= OPEN,
    };
    if is_over {
        return Opened::Expired;
    }
    visit.opened.get_or_insert(now);
    match books.portal_sessions.get(&visit.session) {
        Some(session) => Opened::Session(session.clone()),
        None => Opened::Unknown,
    }
}

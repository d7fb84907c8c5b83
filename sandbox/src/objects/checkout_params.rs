//! What a new checkout session may be given, and what goes with what.

use serde_json::{Value, json};
use url::Url;

use super::metadata;
use super::operation::Call;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;

/// Seconds a session is open at least, and at most (which is also what it gets unasked).
const OPEN_AT_LEAST: i64 = 30 * 60;
const OPEN_AT_MOST: i64 = 24 * 60 * 60;
/// A trial must still last this long when the session is made.
const TRIAL_AT_LEAST: i64 = 48 * 60 * 60;
const LONGEST_REFERENCE: usize = 200;
const LONGEST_TRIAL: i64 = 730;

pub const CREATE: &[&str] = &[
    "allow_promotion_codes",
    "allowed_payment_method_types",
    "automatic_tax.enabled",
    "cancel_url",
    "client_reference_id",
    "currency",
    "customer",
    "customer_creation",
    "customer_email",
    "customer_update.address",
    "customer_update.name",
    "discounts",
    "expires_at",
    "line_items.metadata",
    "line_items.price",
    "line_items.price_data.currency",
    "line_items.price_data.product",
    "line_items.price_data.product_data.metadata",
    "line_items.price_data.product_data.name",
    "line_items.price_data.recurring",
    "line_items.price_data.tax_behavior",
    "line_items.price_data.unit_amount",
    "line_items.quantity",
    "locale",
    "metadata",
    "mode",
    "payment_intent_data.description",
    "payment_intent_data.metadata",
    "payment_intent_data.setup_future_usage",
    "payment_method_collection",
    "setup_intent_data.description",
    "setup_intent_data.metadata",
    "submit_type",
    "subscription_data.description",
    "subscription_data.metadata",
    "subscription_data.trial_end",
    "subscription_data.trial_period_days",
    "subscription_data.trial_settings",
    "success_url",
    "ui_mode",
];

/// Which parameters belong to which modes.
const OF_MODES: [(&str, &[&str]); 9] = [
    ("allow_promotion_codes", &["payment", "subscription"]),
    ("customer_creation", &["payment", "setup"]),
    ("discounts", &["payment", "subscription"]),
    ("line_items", &["payment", "subscription"]),
    ("payment_intent_data", &["payment"]),
    ("payment_method_collection", &["subscription"]),
    ("setup_intent_data", &["setup"]),
    ("submit_type", &["payment"]),
    ("subscription_data", &["subscription"]),
];

/// Checks what can be checked without the lines, and returns the mode.
///
/// # Errors
/// 400 naming the parameter; 501 for pages that are not hosted, for tax and for other methods than cards.
pub fn check(books: &Books, call: &Call<'_>) -> Result<String, ApiError> {
    let mode = call.text("mode").ok_or_else(|| ApiError::missing("mode"))?;
    only_modelled(call)?;
    for (param, modes) in OF_MODES {
        if call.params.contains_key(param) && !modes.contains(&mode) {
            let message = format!("`{param}` can not be used in `{mode}` mode.");
            return Err(ApiError::invalid(param, message));
        }
    }
    let success = call.text("success_url").ok_or_else(|| ApiError::missing("success_url"))?;
    web_address("success_url", success)?;
    if let Some(cancel) = call.text("cancel_url") {
        web_address("cancel_url", cancel)?;
    }
    if call.text("client_reference_id").is_some_and(|id| id.chars().count() > LONGEST_REFERENCE) {
        let message = format!("Invalid string: must be at most {LONGEST_REFERENCE} characters.");
        return Err(ApiError::invalid("client_reference_id", message));
    }
    one_of(call, "customer", "customer_email")?;
    one_of(call, "customer", "customer_creation")?;
    one_of(call, "allow_promotion_codes", "discounts")?;
    if let Some(customer) = call.text("customer") {
        books.customer(customer, "customer")?;
    } else if call.params.contains_key("customer_update") {
        return Err(ApiError::invalid("customer_update", "`customer_update` can only be used with `customer`."));
    }
    trial(call)?;
    Ok(mode.to_owned())
}

fn only_modelled(call: &Call<'_>) -> Result<(), ApiError> {
    if let Some(ui) = call.text("ui_mode").filter(|ui| *ui != "hosted_page") {
        return Err(ApiError::not_modelled(&format!("checkout in `ui_mode` {ui}")).about("ui_mode"));
    }
    if call.params.get("automatic_tax").is_some_and(|tax| tax.is("enabled")) {
        return Err(ApiError::not_modelled("automatic tax").about("automatic_tax[enabled]"));
    }
    let methods = call.params.get("allowed_payment_method_types").and_then(Value::as_array);
    if methods.is_some_and(|methods| methods.iter().any(|method| method != "card")) {
        let param = "allowed_payment_method_types";
        return Err(ApiError::not_modelled("other payment methods than cards").about(param));
    }
    Ok(())
}

fn one_of(call: &Call<'_>, one: &str, other: &str) -> Result<(), ApiError> {
    let is_given = |key: &str| call.params.get(key).is_some_and(|value| value != false && value != "");
    if is_given(one) && is_given(other) {
        return Err(ApiError::invalid(other, format!("You may only specify one of these parameters: {one}, {other}.")));
    }
    Ok(())
}

fn trial(call: &Call<'_>) -> Result<(), ApiError> {
    let Some(data) = call.params.get("subscription_data") else {
        return Ok(());
    };
    let (days, end) = (data.maybe_int("trial_period_days"), data.maybe_int("trial_end"));
    match (days, end) {
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: trial_end, trial_period_days.";
            Err(ApiError::invalid("subscription_data[trial_end]", message))
        }
        (Some(days), None) if !(1..=LONGEST_TRIAL).contains(&days) => {
            let message = format!("The trial period must be 1 to {LONGEST_TRIAL} days.");
            Err(ApiError::invalid("subscription_data[trial_period_days]", message))
        }
        (None, Some(end)) if end < call.now + TRIAL_AT_LEAST => {
            let message = "The `trial_end` date has to be at least 2 days in the future.";
            Err(ApiError::invalid("subscription_data[trial_end]", message))
        }
        _ => Ok(()),
    }
}

/// Until when the session is open.
///
/// # Errors
/// 400 outside 30 minutes to 24 hours from now.
pub fn expires_at(call: &Call<'_>) -> Result<i64, ApiError> {
    let Some(asked) = call.params.get("expires_at").and_then(Value::as_i64) else {
        return Ok(call.now + OPEN_AT_MOST);
    };
    let refused = |limit: &str| {
        let message = format!("The `expires_at` timestamp must be {limit} from Checkout Session creation.");
        Err(ApiError::invalid("expires_at", message))
    };
    match asked - call.now {
        open if open < OPEN_AT_LEAST => refused("at least 30 minutes"),
        open if open > OPEN_AT_MOST => refused("less than 24 hours"),
        _ => Ok(asked),
    }
}

/// A web address; `{CHECKOUT_SESSION_ID}` may stand in it.
fn web_address(param: &str, text: &str) -> Result<(), ApiError> {
    match Url::parse(&text.replace("{CHECKOUT_SESSION_ID}", "cs")) {
        Ok(url) if ["http", "https"].contains(&url.scheme()) && url.has_host() && text.is_ascii() => Ok(()),
        _ => Err(ApiError::coded("url_invalid", param, "Not a valid URL")),
    }
}

/// Writes what depends on the customer and the mode.
///
/// # Errors
/// 400 for metadata beyond Stripe's limits or an e-mail address that is none.
pub fn write(books: &Books, call: &Call<'_>, session: &mut Value) -> Result<(), ApiError> {
    session["metadata"] = metadata::merge(&Value::Null, call.params.get("metadata"))?;
    if let Some(email) = call.text("customer_email") {
        let is_address = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        if !is_address || email.chars().any(char::is_whitespace) {
            let message = format!("Invalid email address: {email}");
            return Err(ApiError::coded("email_invalid", "customer_email", message));
        }
    }
    session["customer_creation"] = match (call.text("customer"), call.text("mode")) {
        (None, Some("payment")) => json!(call.text("customer_creation").unwrap_or("if_required")),
        (None, Some("subscription" | "setup")) => json!(call.text("customer_creation").unwrap_or("always")),
        _ => Value::Null,
    };
    let customer = call.text("customer").and_then(|id| books.customers.living(id));
    let email = customer.and_then(|customer| customer.maybe_text("email")).or(call.text("customer_email"));
    if email.is_some() {
        session["customer_details"] = details(email, None, None);
    }
    Ok(())
}

/// `customer_details`: what is known of who buys.
pub fn details(email: Option<&str>, name: Option<&str>, country: Option<&str>) -> Value {
    let address = country.map(|country| {
        json!({
            "city": null, "country": country, "line1": null, "line2": null, "postal_code": null, "state": null,
        })
    });
    json!({
        "address": address, "business_name": null, "email": email, "individual_name": null, "name": name,
        "phone": null, "tax_exempt": "none", "tax_ids": [],
    })
}

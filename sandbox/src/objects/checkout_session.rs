//! Checkout sessions: what is to be bought or saved on the hosted page, for whom, and the way back.
//!
//! What must hold: a session is completed at most once, and only while it is open; an open
//! session expires at its time whether or not anybody looks.

use serde_json::{Value, json};

use super::checkout_discount;
use super::checkout_order;
use super::checkout_params;
use super::list;
use super::operation::{Call, Modelled, on};
use crate::agenda::Deed;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;

pub const OPERATIONS: &[Modelled] = &[
    on("POST", "/v1/checkout/sessions", checkout_params::CREATE, create),
    on("GET", "/v1/checkout/sessions", &["customer", "payment_intent", "status", "subscription"], list_all),
    on("GET", "/v1/checkout/sessions/{session}", &[], retrieve),
    on("POST", "/v1/checkout/sessions/{session}", &["metadata"], update),
    on("POST", "/v1/checkout/sessions/{session}/expire", &[], expire),
    on("GET", "/v1/checkout/sessions/{session}/line_items", &[], line_items),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mode = checkout_params::check(books, call)?;
    let expires_at = checkout_params::expires_at(call)?;
    let lines = checkout_order::lines(books, call)?;
    let discount = checkout_discount::discount(books, call, &lines)?;
    let id = format!("cs_{}", books.ids.secret());
    let mut session = blank(call, &mode, expires_at);
    session["id"] = json!(id);
    session["url"] = json!(format!("{}/c/pay/{id}", call.public_url));
    checkout_params::write(books, call, &mut session)?;
    let order = checkout_order::Order::new(call, lines, discount);
    order.write_totals(books, &mut session);
    books.checkout_orders.insert_cow(id.clone(), order);
    books.create(&session);
    let clock = books.clock_of(&session).map(str::to_owned);
    books.agenda.set(clock.as_deref(), Deed::CheckoutExpiry, &id, Some(expires_at));
    Ok(session)
}

/// An open session with nothing of the customer's in it yet.
fn blank(call: &Call<'_>, mode: &str, expires_at: i64) -> Value {
    let is_subscription = mode == "subscription";
    json!({
        "object": "checkout.session", "adaptive_pricing": {"enabled": false}, "after_expiration": null,
        "allow_promotion_codes": call.or_null("allow_promotion_codes"), "amount_subtotal": null,
        "amount_total": null,
        "automatic_tax": {"enabled": false, "liability": null, "provider": null, "status": null},
        "billing_address_collection": null, "cancel_url": call.or_null("cancel_url"),
        "client_reference_id": call.or_null("client_reference_id"), "client_secret": null,
        "collected_information": null, "consent": null, "consent_collection": null, "created": call.now,
        "currency": null, "currency_conversion": null, "custom_fields": [],
        "custom_text": {
            "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null,
        },
        "customer": call.or_null("customer"), "customer_account": null, "customer_creation": null,
        "customer_details": null, "customer_email": call.or_null("customer_email"), "discounts": [],
        "expires_at": expires_at, "invoice": null,
        "invoice_creation": if mode == "payment" { invoice_creation() } else { Value::Null }, "livemode": false,
        "locale": call.or_null("locale"), "metadata": {}, "mode": mode, "origin_context": null,
        "payment_intent": null, "payment_link": null,
        "payment_method_collection": call.text("payment_method_collection")
            .unwrap_or(if is_subscription { "always" } else { "if_required" }),
        "payment_method_configuration_details": null,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": if mode == "setup" { "no_payment_required" } else { "unpaid" }, "permissions": null,
        "phone_number_collection": {"enabled": false}, "recovered_from": null, "return_url": null,
        "saved_payment_method_options": null, "setup_intent": null, "shipping_address_collection": null,
        "shipping_cost": null, "shipping_options": [], "status": "open",
        "submit_type": call.or_null("submit_type"), "subscription": null, "success_url": call.or_null("success_url"),
        "total_details": null, "ui_mode": "hosted_page", "url": null, "wallet_options": null,
    })
}

fn invoice_creation() -> Value {
    json!({
        "enabled": false,
        "invoice_data": {
            "account_tax_ids": null, "custom_fields": null, "description": null, "footer": null, "issuer": null,
            "metadata": {}, "rendering_options": null,
        },
    })
}

fn found(books: &Books, id: &str) -> Result<Value, ApiError> {
    let found = books.checkout_sessions.get(id).cloned();
    found.ok_or_else(|| ApiError::no_such("checkout.session", id, "session", true))
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    found(books, call.id())
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut session = found(books, call.id())?;
    session["metadata"] = super::metadata::merge(&session["metadata"], call.params.get("metadata"))?;
    books.update(session.clone());
    Ok(session)
}

fn expire(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let session = found(books, call.id())?;
    if session["status"] != "open" {
        let status = session.text("status");
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status \
             of {status}."
        );
        return Err(ApiError::invalid("", message));
    }
    Ok(close(books, session))
}

/// Ends an open session that nobody completed.
pub fn close(books: &mut Books, mut session: Value) -> Value {
    session["status"] = json!("expired");
    session["url"] = Value::Null;
    books.agenda.set(None, Deed::CheckoutExpiry, session.id(), None);
    books.transition(session.clone(), &["checkout.session.expired"]);
    session
}

/// An open session's time is over.
pub fn time_is_over(books: &mut Books, id: &str) {
    let open = books.checkout_sessions.get(id).filter(|session| session["status"] == "open").cloned();
    if let Some(session) = open {
        close(books, session);
    }
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    list::page(call, books.checkout_sessions.newest_first(), |session| {
        ["customer", "payment_intent", "status", "subscription"]
            .iter()
            .all(|key| call.text(key).is_none_or(|wanted| session[*key] == wanted))
    })
}

fn line_items(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let session = found(books, call.id())?;
    // In their own order, not newest first.
    list::page(call, shown_items(books, &session).iter(), |_| true)
}

/// The lines as the API shows them, in their order.
pub fn shown_items(books: &Books, session: &Value) -> Vec<Value> {
    books.checkout_orders.get(session.id()).map(|order| order.items(books, session.int("created"))).unwrap_or_default()
}

//! The beginning of a subscription.

use serde_json::{Value, json};

use super::billing::{PaymentBehavior, bill_now, spend_discounts};
use super::items::{self, AskedItem};
use super::period::{next_boundary, previous_boundary};
use super::timetable::{self, ANNOUNCED};
use crate::billing::collect::{Uncollected, default_method};
use crate::billing::discount::{self, Asked, Target};
use crate::billing::draft::{Draft, draft};
use crate::billing::invoice_item::Pending;
use crate::billing::line;
use crate::billing::part::part;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;

/// What a new subscription is to be.
#[derive(Debug, Clone, Default)]
pub struct Subscribe {
    pub customer: String,
    pub items: Vec<AskedItem>,
    pub currency: Option<String>,
    pub default_payment_method: Option<String>,
    /// When the trial ends, if there is one.
    pub trial_end: Option<i64>,
    /// `create_invoice`, `pause` or `cancel` when the trial ends without a card; empty is the first.
    pub missing_payment_method: String,
    /// The first boundary, when it is not a whole interval away.
    pub billing_cycle_anchor: Option<i64>,
    /// The time up to that boundary is free.
    pub is_first_part_free: bool,
    pub behavior: PaymentBehavior,
    /// By invoice, to be paid within so many days.
    pub days_until_due: Option<i64>,
    pub discounts: Vec<Asked>,
    pub checkout_session: Option<String>,
    /// The card that pays the first invoice becomes the default.
    pub saves_method: bool,
    pub metadata: Value,
    pub description: Value,
}

/// Subscribes a customer: the subscription, its first invoice, and the first try to collect it.
///
/// # Errors
/// 400 for what can't be subscribed to or paid, 402 with `error_if_incomplete`.
pub fn subscribe(books: &mut Books, asked: &Subscribe) -> Result<Value, ApiError> {
    let customer = books.customer(&asked.customer, "customer")?.clone();
    let now = books.now_of(&json!({"customer": asked.customer}));
    let id = books.ids.object("sub");
    let mut subscription = blank(asked, now);
    subscription["id"] = json!(id);
    subscription["test_clock"] = json!(customer.maybe_text("test_clock"));
    let mut items = items::after(books, &id, &[], &asked.items, now)?;
    let currency = items[0]["price"].text("currency").to_owned();
    check_currency(asked, &customer, &currency)?;
    if let Some(method) = &asked.default_payment_method {
        own_method(books, &asked.customer, method)?;
    }
    let (anchor, end) = first_period(asked, &items[0]["price"]["recurring"], now)?;
    items::set_period(&mut items, (now, end));
    subscription["billing_cycle_anchor"] = json!(anchor);
    subscription["currency"] = json!(currency);
    let target = Target {
        customer: &asked.customer,
        subscription: Some(&id),
        invoice: None,
        checkout_session: asked.checkout_session.as_deref(),
        currency: &currency,
        amount: Some(items::total(&items)),
        own: &[],
        now,
    };
    subscription["discounts"] = json!(discount::redeem(books, &asked.discounts, target)?);
    let lines = first_lines(books, asked, &items, (now, end));
    subscription["items"] = items::as_list(&id, items);
    let invoice = first_invoice(books, &subscription, lines, now);
    subscription["latest_invoice"] = invoice["id"].clone();
    spend_discounts(books, &mut subscription, &invoice);
    timetable::create(books, subscription.clone());
    if asked.trial_end.is_some_and(|end| end - ANNOUNCED <= now) {
        books.emit("customer.subscription.trial_will_end", &subscription, None);
    }
    check_payable(books, asked, &invoice)?;
    bill_now(books, invoice, asked.behavior)?;
    Ok(books.subscriptions.get(&id).cloned().unwrap_or(subscription))
}

/// A first invoice over money needs a card to ask, unless the customer is to confirm it.
fn check_payable(books: &Books, asked: &Subscribe, invoice: &Value) -> Result<(), ApiError> {
    let is_sent = asked.days_until_due.is_some();
    let is_asked = asked.behavior != PaymentBehavior::DefaultIncomplete && !books.moment.is_preview;
    if invoice.int("amount_due") > 0 && !is_sent && is_asked && default_method(books, invoice).is_none() {
        return Err(Uncollected::NoMethod.error());
    }
    Ok(())
}

fn check_currency(asked: &Subscribe, customer: &Value, currency: &str) -> Result<(), ApiError> {
    if asked.currency.as_ref().is_some_and(|asked| asked != currency) {
        return Err(ApiError::invalid("currency", "The price specified does not support this currency."));
    }
    if customer["currency"].is_string() && customer["currency"] != currency {
        return Err(ApiError::invalid("items", "You cannot combine currencies on a single customer."));
    }
    Ok(())
}

/// Passes when the customer has the card.
///
/// # Errors
/// 400 when it is another's, or nobody's.
pub fn own_method(books: &Books, customer: &str, method: &str) -> Result<(), ApiError> {
    match books.payment_methods.get(method) {
        Some(method) if method["customer"] == customer => Ok(()),
        Some(_) => {
            let message = "The customer does not have a payment method with the ID given. The payment method must be \
                           attached to the customer.";
            Err(ApiError::invalid("default_payment_method", message))
        }
        None => Err(ApiError::no_such("PaymentMethod", method, "default_payment_method", false)),
    }
}

/// The anchor, and the end of the first period.
fn first_period(asked: &Subscribe, recurring: &Value, now: i64) -> Result<(i64, i64), ApiError> {
    let outside = || ApiError::invalid("items", "The period lies outside the calendar.");
    let natural = next_boundary(now, recurring, now).ok_or_else(outside)?;
    match (asked.trial_end, asked.billing_cycle_anchor) {
        (Some(end), _) if end <= now => {
            Err(ApiError::invalid("trial_end", "Invalid timestamp: must be in the future."))
        }
        (Some(_), Some(_)) => {
            Err(ApiError::not_modelled("a trial with a `billing_cycle_anchor`").about("billing_cycle_anchor"))
        }
        (Some(end), None) => Ok((end, end)),
        (None, Some(anchor)) if anchor > now && anchor <= natural => Ok((anchor, anchor)),
        (None, Some(_)) => {
            let message =
                "billing_cycle_anchor must be in the future and not later than the next natural billing date.";
            Err(ApiError::invalid("billing_cycle_anchor", message))
        }
        (None, None) => Ok((now, natural)),
    }
}

fn first_lines(books: &mut Books, asked: &Subscribe, items: &[Value], period: (i64, i64)) -> Vec<Value> {
    let share = |item: &Value| match (asked.trial_end, asked.billing_cycle_anchor) {
        (Some(_), _) => 0,
        (None, Some(_)) if asked.is_first_part_free => 0,
        (None, Some(anchor)) => {
            let from = previous_boundary(anchor, &item["price"]["recurring"], anchor).unwrap_or(period.0);
            part(line::full(item), anchor - period.0, anchor - from)
        }
        (None, None) => line::full(item),
    };
    let is_trial = asked.trial_end.is_some();
    items.iter().map(|item| line::for_item(books, item, share(item), period, is_trial)).collect()
}

fn first_invoice(books: &mut Books, subscription: &Value, lines: Vec<Value>, now: i64) -> Value {
    let wanted = Draft {
        customer: subscription.text("customer"),
        currency: subscription.text("currency"),
        subscription: Some(subscription),
        reason: "subscription_create",
        period: (now, now),
        lines,
        pending: Pending::Of(subscription.id()),
        discounts: subscription.list("discounts").to_vec(),
        is_automatic: true,
    };
    draft(books, wanted)
}

fn blank(asked: &Subscribe, now: i64) -> Value {
    let missing =
        if asked.missing_payment_method.is_empty() { "create_invoice" } else { &asked.missing_payment_method };
    let is_sent = asked.days_until_due.is_some();
    let status = match asked.trial_end {
        Some(_) => "trialing",
        None if is_sent => "active",
        None => "incomplete",
    };
    json!({
        "object": "subscription", "application": null, "application_fee_percent": null,
        "automatic_tax": {"disabled_reason": null, "enabled": false, "liability": null},
        "billing_cycle_anchor_config": null,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible", "updated_at": now},
        "billing_schedules": [], "billing_thresholds": null, "cancel_at": null, "cancel_at_period_end": false,
        "canceled_at": null, "cancellation_details": {"comment": null, "feedback": null, "reason": null},
        "collection_method": if is_sent { "send_invoice" } else { "charge_automatically" }, "created": now,
        "customer": asked.customer, "customer_account": null, "days_until_due": asked.days_until_due,
        "default_payment_method": asked.default_payment_method, "default_source": null, "default_tax_rates": [],
        "description": asked.description, "discounts": [], "ended_at": null,
        "invoice_settings": {"account_tax_ids": null, "issuer": {"type": "self"}}, "livemode": false,
        "metadata": if asked.metadata.is_object() { asked.metadata.clone() } else { json!({}) },
        "next_pending_invoice_item_invoice": null, "on_behalf_of": null, "pause_collection": null,
        "payment_settings": {
            "payment_method_options": null, "payment_method_types": null,
            "save_default_payment_method": if asked.saves_method { "on_subscription" } else { "off" },
        },
        "pending_invoice_item_interval": null, "pending_setup_intent": null, "pending_update": null,
        "schedule": null, "start_date": now, "status": status, "test_clock": null, "transfer_data": null,
        "trial_end": asked.trial_end, "trial_settings": {"end_behavior": {"missing_payment_method": missing}},
        "trial_start": asked.trial_end.map(|_| now),
    })
}

//! What a customer has: subscriptions and invoices, as they are now. Plain requests by path, and of
//! the answers only what we need is read: a key that Stripe adds or leaves out breaks nothing.

use std::collections::HashMap;

use domain::{
    CustomerId, SubscriptionId,
    billing::{Invoice, InvoiceSeen, ItemSeen, Money, ScheduledChange, Subscription, SubscriptionSeen, Upcoming},
};
use futures::future::try_join;
use miniserde::Deserialize;
use serde::Serialize;
use services::billing::{BillingSeen, PaymentsError};

use crate::{
    INTERVAL_METADATA, ORG_METADATA, PLAN_METADATA, Stripe,
    requests::{self, Page, at},
};

/// Stripe's largest page. An organisation has a handful of subscriptions in its life; of its
/// invoices the newest are kept up to date.
const PAGE: u32 = 100;

#[derive(Serialize)]
struct OfCustomer<'a> {
    customer: &'a str,
    limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    expand: &'static [&'static str],
}

#[derive(Deserialize)]
struct FoundSubscription {
    id: String,
    status: String,
    created: i64,
    livemode: bool,
    customer: String,
    ended_at: Option<i64>,
    cancel_at: Option<i64>,
    cancel_at_period_end: Option<bool>,
    trial_end: Option<i64>,
    metadata: HashMap<String, String>,
    items: Page<FoundItem>,
    schedule: Option<FoundSchedule>,
}

#[derive(Deserialize)]
struct FoundSchedule {
    id: String,
    current_phase: Option<CurrentPhase>,
    phases: Vec<FoundPhase>,
    metadata: Option<HashMap<String, String>>,
}

#[derive(Deserialize)]
struct CurrentPhase {
    start_date: i64,
}

#[derive(Deserialize)]
struct FoundPhase {
    start_date: i64,
    items: Vec<FoundPhaseItem>,
}

#[derive(Deserialize)]
struct FoundPhaseItem {
    quantity: Option<u32>,
}

#[derive(Deserialize)]
struct FoundItem {
    id: String,
    current_period_end: Option<i64>,
    quantity: Option<u32>,
    price: FoundPrice,
}

#[derive(Deserialize)]
struct FoundPrice {
    id: String,
    currency: String,
    unit_amount: Option<i64>,
    metadata: HashMap<String, String>,
    recurring: Option<requests::Recurring>,
}

#[derive(Deserialize)]
struct FoundInvoice {
    id: Option<String>,
    number: Option<String>,
    status: Option<String>,
    customer: Option<String>,
    livemode: bool,
    currency: String,
    total: i64,
    amount_paid: i64,
    amount_remaining: i64,
    created: i64,
    attempt_count: u32,
    next_payment_attempt: Option<i64>,
    hosted_invoice_url: Option<String>,
    invoice_pdf: Option<String>,
    status_transitions: Transitions,
}

#[derive(Deserialize)]
struct Transitions {
    paid_at: Option<i64>,
}

impl Stripe {
    pub(crate) async fn look_at(&self, customer: &CustomerId) -> Result<BillingSeen, PaymentsError> {
        let of = |status, expand| OfCustomer { customer: customer.as_str(), limit: PAGE, status, expand };
        let (subscriptions, invoices) = try_join(
            self.get::<Page<FoundSubscription>>("/subscriptions", &of(Some("all"), &["data.schedule"])),
            self.get::<Page<FoundInvoice>>("/invoices", &of(None, &[])),
        )
        .await?;
        let whose = |of: &str, livemode: bool| of == customer.as_str() && livemode == self.livemode;
        // Somebody else's, in an answer about this customer: then nothing in it is believed (P-04).
        let foreign = subscriptions.data.iter().any(|one| !whose(&one.customer, one.livemode))
            || invoices.data.iter().any(|one| !whose(one.customer.as_deref().unwrap_or_default(), one.livemode));
        if foreign {
            return Err(PaymentsError::Mismatch);
        }
        Ok(BillingSeen {
            subscriptions: subscriptions.data.into_iter().filter_map(subscription).collect::<Result<_, _>>()?,
            // Upcoming ones have no id, and drafts are not for people yet.
            invoices: invoices.data.into_iter().filter_map(invoice).collect(),
        })
    }
}

/// None for one that has ended in a way that we have no word for. One that goes on like that is not what we
/// asked for; it says nothing about whether the provider is well.
fn subscription(mut found: FoundSubscription) -> Option<Result<SubscriptionSeen, PaymentsError>> {
    let Ok(status) = found.status.parse() else {
        return found.ended_at.is_none().then_some(Err(PaymentsError::Mismatch));
    };
    let item = found.items.data.first();
    let period_end = item.and_then(|item| item.current_period_end).map(at);
    let change = found.schedule.as_ref().and_then(scheduled);
    let at_period_end = period_end.filter(|_| found.cancel_at_period_end == Some(true));
    Some(Ok(SubscriptionSeen {
        subscription: Subscription {
            id: SubscriptionId::from_trusted(found.id),
            // A price that is not from the catalogue names no plan, and grants nothing (check B08).
            plan: item.and_then(|item| item.price.metadata.get(PLAN_METADATA)).cloned().unwrap_or_default(),
            status,
            interval: item.and_then(|item| item.price.recurring.as_ref()?.interval.parse().ok()),
            seats: item.and_then(|item| item.quantity).unwrap_or(1),
            current_period_end: period_end,
            trial_end: found.trial_end.map(at),
            cancel_at: found.cancel_at.map(at).or(at_period_end),
            upcoming: Upcoming { change, invoice: None },
        },
        created: at(found.created),
        organization: found.metadata.remove(ORG_METADATA),
        item: found.items.data.into_iter().next().map(|FoundItem { id, price, .. }| ItemSeen {
            id,
            price: price.id,
            unit: price.unit_amount.map(|amount| Money { amount, currency: price.currency }),
        }),
        schedule: found.schedule.map(|schedule| schedule.id),
    }))
}

/// What the phase after the current one brings.
fn scheduled(schedule: &FoundSchedule) -> Option<ScheduledChange> {
    let begun = schedule.current_phase.as_ref()?.start_date;
    let next = schedule.phases.iter().filter(|phase| phase.start_date > begun).min_by_key(|phase| phase.start_date)?;
    let said = |key| schedule.metadata.as_ref().and_then(|metadata| metadata.get(key));
    Some(ScheduledChange {
        plan: said(PLAN_METADATA).cloned().unwrap_or_default(),
        interval: said(INTERVAL_METADATA).and_then(|word| word.parse().ok()),
        seats: next.items.first().and_then(|item| item.quantity).unwrap_or(1),
        at: at(next.start_date),
    })
}

fn invoice(found: FoundInvoice) -> Option<InvoiceSeen> {
    let money = |amount| Money { amount, currency: found.currency.clone() };
    let remaining = money(found.amount_remaining);
    let invoice = Invoice {
        total: money(found.total),
        paid: money(found.amount_paid),
        id: found.id?,
        number: found.number,
        status: found.status?.parse().ok()?,
        created: at(found.created),
        paid_at: found.status_transitions.paid_at.map(at),
        attempts: found.attempt_count,
        next_attempt: found.next_payment_attempt.map(at),
        page: found.hosted_invoice_url,
        pdf: found.invoice_pdf,
    };
    Some(InvoiceSeen { invoice, remaining })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: &str, ended_at: &str) -> Option<Result<SubscriptionSeen, PaymentsError>> {
        let text = format!(
            r#"{{"id": "sub_1", "status": "{status}", "created": 1, "livemode": false, "customer": "cus_1",
                "cancel_at": null, "cancel_at_period_end": false, "trial_end": null, "ended_at": {ended_at},
                "metadata": {{}}, "items": {{"data": [], "has_more": false}}, "schedule": null}}"#
        );
        subscription(miniserde::json::from_str(&text).expect("a subscription"))
    }

    /// A word that Stripe may add: of what is over it does not matter, and of what goes on nothing is guessed.
    #[test]
    fn a_status_without_a_word_of_ours_is_passed_over_when_it_is_over_and_stops_nobody_else() {
        assert!(matches!(read("active", "null"), Some(Ok(_))));
        assert!(matches!(read("canceled", "5"), Some(Ok(_))));
        assert_eq!(read("expired_in_a_new_way", "5"), None);
        assert_eq!(read("resting", "null"), Some(Err(PaymentsError::Mismatch)));
    }
}

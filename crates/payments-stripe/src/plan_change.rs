//! Changing a running subscription (L-06): previews, changes at once, and changes that wait for the end
//! of the period. What Stripe answers is handed on as it is; comparing it is the caller's.

use std::collections::HashMap;

use domain::{
    SubscriptionId, Timestamp,
    billing::{Interval, Money, NextInvoice, push::lookup_key},
};
use miniserde::Deserialize;
use serde::Serialize;
use services::billing::{ChangePreview, PaymentsError, PlanChange, PlanShop, PreviewLine, PriceWanted};

use crate::{
    INTERVAL_METADATA, PLAN_METADATA, Stripe,
    requests::{Nothing, Page, at},
};

/// Prorations are billed now and not with the next invoice: what is shown is what is paid.
const BILL_NOW: &str = "always_invoice";

#[derive(Serialize)]
struct OfSubscription<'a> {
    subscription: &'a str,
}

#[derive(Serialize)]
struct Preview<'a> {
    subscription: &'a str,
    subscription_details: Details<'a>,
}

#[derive(Serialize)]
struct Details<'a> {
    items: [Item<'a>; 1],
    proration_behavior: &'static str,
    proration_date: i64,
}

#[derive(Serialize)]
struct Update<'a> {
    items: [Item<'a>; 1],
    proration_behavior: &'static str,
    proration_date: i64,
    /// When it can't be paid, nothing is changed (check B08).
    payment_behavior: &'static str,
    expand: [&'static str; 1],
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    price: &'a str,
    quantity: u32,
}

#[derive(Serialize)]
struct FromSubscription<'a> {
    from_subscription: &'a str,
}

#[derive(Serialize)]
struct ScheduleUpdate<'a> {
    end_behavior: &'static str,
    metadata: HashMap<&'static str, &'a str>,
    phases: [Phase<'a>; 2],
}

#[derive(Serialize)]
struct Phase<'a> {
    items: [PhaseItem<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    discounts: Vec<KeptDiscount<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<Duration>,
    proration_behavior: &'static str,
}

#[derive(Serialize)]
struct PhaseItem<'a> {
    price: &'a str,
    quantity: u32,
}

/// Of the subscription: a phase that does not name it would end it.
#[derive(Clone, Serialize)]
struct KeptDiscount<'a> {
    discount: &'a str,
}

#[derive(Serialize)]
struct Duration {
    interval: &'static str,
    interval_count: u32,
}

/// An end that was decided stands in two ways: as a flag, and as a day by itself (from Stripe's portal, in
/// flexible billing: <https://docs.stripe.com/billing/subscriptions/billing-mode/compare>). A request names
/// one of them.
#[derive(Serialize)]
#[serde(untagged)]
enum Keep {
    NoFlag { cancel_at_period_end: bool },
    NoDay { cancel_at: &'static str },
}

#[derive(Deserialize)]
struct Kept {
    cancel_at: Option<i64>,
    cancel_at_period_end: Option<bool>,
}

impl Kept {
    fn ends(&self) -> bool {
        self.cancel_at.is_some() || self.cancel_at_period_end == Some(true)
    }
}

#[derive(Deserialize)]
struct FoundInvoice {
    amount_due: i64,
    total: i64,
    currency: String,
    period_end: Option<i64>,
    next_payment_attempt: Option<i64>,
    lines: Page<FoundLine>,
}

#[derive(Deserialize)]
struct FoundLine {
    amount: i64,
    description: Option<String>,
    period: Option<Period>,
}

#[derive(Deserialize)]
struct Period {
    end: i64,
}

#[derive(Deserialize)]
struct Changed {
    latest_invoice: Option<Billed>,
}

#[derive(Deserialize)]
struct Billed {
    amount_due: i64,
    currency: String,
}

#[derive(Deserialize)]
struct FoundSubscription {
    discounts: Option<Vec<String>>,
    schedule: Option<String>,
    items: Page<FoundItem>,
}

#[derive(Deserialize)]
struct FoundItem {
    current_period_end: i64,
    quantity: Option<u32>,
    price: FoundPrice,
}

#[derive(Deserialize)]
struct FoundPrice {
    id: String,
}

#[derive(Deserialize)]
struct FoundSchedule {
    id: String,
    current_phase: Option<CurrentPhase>,
}

#[derive(Deserialize)]
struct CurrentPhase {
    start_date: i64,
}

#[derive(Deserialize)]
struct Made {
    #[expect(dead_code, reason = "an answer without it is none")]
    id: String,
}

impl Stripe {
    pub(crate) async fn post_upcoming(
        &self,
        subscription: &SubscriptionId,
    ) -> Result<Option<NextInvoice>, PaymentsError> {
        let asked = OfSubscription { subscription: subscription.as_str() };
        match self.update::<FoundInvoice>("/invoices/create_preview", &asked).await {
            Ok(found) => Ok(found.next_payment_attempt.or(found.period_end).map(|seconds| NextInvoice {
                due: Money { amount: found.amount_due, currency: found.currency },
                at: at(seconds),
            })),
            // Nothing is billed any more: `invoice_upcoming_none`.
            Err(PaymentsError::Refused { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn post_preview(
        &self,
        change: &PlanChange<'_>,
        wanted: PriceWanted<'_>,
        moment: Timestamp,
    ) -> Result<ChangePreview, PaymentsError> {
        let price = self.price_wanted(change, wanted).await?;
        let asked = Preview {
            subscription: change.subscription.as_str(),
            subscription_details: Details {
                items: [item(change, &price)],
                proration_behavior: BILL_NOW,
                proration_date: seconds(moment),
            },
        };
        let found: FoundInvoice = self.update("/invoices/create_preview", &asked).await?;
        let money = |amount| Money { amount, currency: found.currency.clone() };
        let until = found.lines.data.iter().filter_map(|line| line.period.as_ref()).map(|period| period.end).max();
        Ok(ChangePreview {
            price,
            due: money(found.amount_due),
            total: money(found.total),
            until: until.map(at),
            lines: found
                .lines
                .data
                .iter()
                .map(|line| PreviewLine {
                    what: line.description.clone().unwrap_or_default(),
                    amount: money(line.amount),
                })
                .collect(),
        })
    }

    pub(crate) async fn post_change(
        &self,
        change: &PlanChange<'_>,
        price: &str,
        moment: Timestamp,
        key: &str,
    ) -> Result<Money, PaymentsError> {
        let form = Update {
            items: [item(change, price)],
            proration_behavior: BILL_NOW,
            proration_date: seconds(moment),
            payment_behavior: "error_if_incomplete",
            expand: ["latest_invoice"],
        };
        let changed: Changed =
            self.post(&format!("/subscriptions/{}", change.subscription.as_str()), &form, key).await?;
        let billed = changed.latest_invoice.ok_or(PaymentsError::Mismatch)?;
        Ok(Money { amount: billed.amount_due, currency: billed.currency })
    }

    pub(crate) async fn put_schedule(
        &self,
        change: &PlanChange<'_>,
        wanted: PriceWanted<'_>,
        schedule: Option<&str>,
        key: &str,
    ) -> Result<(), PaymentsError> {
        let price = self.price_wanted(change, wanted).await?;
        let path = format!("/subscriptions/{}", change.subscription.as_str());
        let now: FoundSubscription = self.get(&path, &Nothing {}).await?;
        let running = now.items.data.first().ok_or(PaymentsError::Mismatch)?;
        let schedule: FoundSchedule = if let Some(schedule) = schedule.map(str::to_owned).or(now.schedule) {
            self.get(&format!("/subscription_schedules/{schedule}"), &Nothing {}).await?
        } else {
            let new = FromSubscription { from_subscription: change.subscription.as_str() };
            self.post("/subscription_schedules", &new, key).await?
        };
        let current = schedule.current_phase.ok_or(PaymentsError::Mismatch)?;
        let discounts: Vec<KeptDiscount<'_>> =
            now.discounts.iter().flatten().map(|discount| KeptDiscount { discount }).collect();
        let update = ScheduleUpdate {
            end_behavior: "release",
            metadata: HashMap::from([(PLAN_METADATA, change.plan), (INTERVAL_METADATA, change.interval.as_str())]),
            phases: [
                Phase {
                    items: [PhaseItem { price: &running.price.id, quantity: running.quantity.unwrap_or(1) }],
                    discounts: discounts.clone(),
                    // Where it began can't be changed.
                    start_date: Some(current.start_date),
                    end_date: Some(running.current_period_end),
                    duration: None,
                    proration_behavior: "none",
                },
                Phase {
                    items: [PhaseItem { price: &price, quantity: change.seats }],
                    discounts,
                    start_date: None,
                    end_date: None,
                    duration: Some(Duration { interval: change.interval.as_str(), interval_count: 1 }),
                    proration_behavior: "none",
                },
            ],
        };
        // What it is to be: said twice it is the same.
        let _: Made = self.update(&format!("/subscription_schedules/{}", schedule.id), &update).await?;
        Ok(())
    }

    pub(crate) async fn post_release(&self, schedule: &str) -> Result<(), PaymentsError> {
        let _: Made = self.update(&format!("/subscription_schedules/{schedule}/release"), &Nothing {}).await?;
        Ok(())
    }

    pub(crate) async fn post_keep(&self, subscription: &SubscriptionId) -> Result<(), PaymentsError> {
        let path = format!("/subscriptions/{}", subscription.as_str());
        let mut kept: Kept = self.update(&path, &Keep::NoFlag { cancel_at_period_end: false }).await?;
        if kept.ends() {
            kept = self.update(&path, &Keep::NoDay { cancel_at: "" }).await?;
        }
        if kept.ends() { Err(PaymentsError::Mismatch) } else { Ok(()) }
    }

    async fn price_wanted(&self, change: &PlanChange<'_>, wanted: PriceWanted<'_>) -> Result<String, PaymentsError> {
        match wanted {
            PriceWanted::Kept(price) => Ok(price.to_owned()),
            PriceWanted::Sold { amount, currency } => {
                self.price_of(change.plan, change.interval, (amount, currency)).await
            }
        }
    }

    /// The price that our catalogue speaks of. What is charged is what our page says, or nothing: a
    /// catalogue that was changed and not pushed.
    pub(crate) async fn price_of(
        &self,
        plan: &str,
        interval: Interval,
        (amount, currency): (i64, &str),
    ) -> Result<String, PaymentsError> {
        let prices = self.prices(&[lookup_key(plan, interval)]).await?;
        let mut good = prices
            .into_iter()
            .filter(|price| price.active && price.amount == amount && price.currency == currency && price.plan == plan);
        Ok(good.next().ok_or(PaymentsError::NotPushed)?.id)
    }
}

fn item<'a>(change: &PlanChange<'a>, price: &'a str) -> Item<'a> {
    Item { id: change.item, price, quantity: change.seats }
}

fn seconds(moment: Timestamp) -> i64 {
    moment.as_millis() / 1000
}

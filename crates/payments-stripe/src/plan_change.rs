//! Changing a running subscription at once (L-06), and what that and its next invoice cost. What Stripe
//! answers is handed on as it is; comparing it is the caller's.

use domain::{
    SubscriptionId, Timestamp,
    billing::{Interval, Money, NextInvoice, push::lookup_key},
};
use miniserde::Deserialize;
use serde::Serialize;
use services::billing::{ChangePreview, PaymentsError, PlanChange, PlanShop, PreviewLine, PriceWanted};

use crate::{
    Stripe,
    requests::{Page, at},
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

    pub(crate) async fn price_wanted(
        &self,
        change: &PlanChange<'_>,
        wanted: PriceWanted<'_>,
    ) -> Result<String, PaymentsError> {
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

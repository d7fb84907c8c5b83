//! Changes of a subscription that wait for the end of its period (L-06).

use std::collections::HashMap;

use miniserde::Deserialize;
use serde::Serialize;
use services::billing::{PaymentsError, PlanChange, PriceWanted};

use crate::{
    INTERVAL_METADATA, PLAN_METADATA, Stripe,
    requests::{Made, Nothing, Page},
};

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

impl Stripe {
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
}

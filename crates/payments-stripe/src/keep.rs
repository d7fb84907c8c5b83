//! A subscription that was to end goes on.

use domain::SubscriptionId;
use miniserde::Deserialize;
use serde::Serialize;
use services::billing::PaymentsError;

use crate::Stripe;

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

impl Stripe {
    pub(crate) async fn post_keep(&self, subscription: &SubscriptionId) -> Result<(), PaymentsError> {
        let path = format!("/subscriptions/{}", subscription.as_str());
        let mut kept: Kept = self.update(&path, &Keep::NoFlag { cancel_at_period_end: false }).await?;
        if kept.ends() {
            kept = self.update(&path, &Keep::NoDay { cancel_at: "" }).await?;
        }
        if kept.ends() { Err(PaymentsError::Mismatch) } else { Ok(()) }
    }
}

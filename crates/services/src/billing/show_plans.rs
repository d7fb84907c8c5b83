//! What the page shows on which a plan is chosen.

use std::sync::Arc;

use domain::billing::{Catalogue, Interval, SubscriptionStatus};
use policy::Action;

use crate::{Actor, ServiceError, Services};

pub struct PlansView {
    pub catalogue: Arc<Catalogue>,
    /// The slug of the plan that is in effect.
    pub current: String,
    pub offer: Offer,
}

/// What this person can do with the plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// To look at.
    Nothing,
    /// None is paid for yet.
    Buy,
    /// One is paid for, in this rhythm and for so many seats.
    Change { interval: Interval, seats: u32 },
    /// It is paid for, and something comes first: a payment, or that it is not to end.
    Later,
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`] or [`ServiceError::Forbidden`].
    pub async fn show_plans(&self, actor: &Actor, slug: &str) -> Result<PlansView, ServiceError> {
        let membership = self.authorize(actor, slug, Action::ReadBilling).await?;
        let may_manage = self.decide(actor, membership, Action::ManageBilling).await.allowed;
        let catalogue = Arc::clone(&self.settings.catalogue);
        let subscription = membership.billing.subscription.as_ref();
        let paid = subscription.filter(|one| one.status.grants()).and_then(|one| catalogue.plan(&one.plan));
        let current = paid.or_else(|| catalogue.free()).map(|plan| plan.slug.clone()).unwrap_or_default();
        let goes_on = subscription.is_some_and(|one| one.status.goes_on());
        let changeable = subscription.filter(|one| {
            matches!(one.status, SubscriptionStatus::Active | SubscriptionStatus::Trialing) && one.cancel_at.is_none()
        });
        let offer = match changeable {
            _ if !may_manage => Offer::Nothing,
            Some(one) => Offer::Change { interval: one.interval.unwrap_or(Interval::Month), seats: one.seats },
            None if goes_on => Offer::Later,
            None => Offer::Buy,
        };
        Ok(PlansView { catalogue, current, offer })
    }
}

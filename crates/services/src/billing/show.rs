//! What the billing page shows.

use domain::{
    Timestamp,
    billing::{Interval, NextInvoice, ScheduledChange, Subscription, SubscriptionStatus},
};
use policy::{Action, Reason};

use crate::{Actor, ServiceError, Services};

/// The portal's place on the page. Asked of the same decision that the action obeys (P-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortalEntry {
    /// The action is shown.
    Open,
    /// The organisation has no customer yet, and this person may make it.
    SetUp,
    /// Not shown; the reason is for words on the page.
    Hidden(Reason),
}

pub struct BillingView {
    pub plan: String,
    pub status: Option<SubscriptionStatus>,
    pub current_period_end: Option<Timestamp>,
    pub cancel_at: Option<Timestamp>,
    /// How many seats are paid for, of a plan that is sold by them.
    pub seats: Option<u32>,
    pub interval: Option<Interval>,
    pub next_invoice: Option<NextInvoice>,
    /// What it becomes when the period is over, with the name of that plan.
    pub change: Option<(String, ScheduledChange)>,
    /// Whether it is paid for, or about to be.
    pub goes_on: bool,
    /// Whether this person chooses what is paid for.
    pub may_manage: bool,
    pub portal: PortalEntry,
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`] or [`ServiceError::Forbidden`].
    pub async fn show_billing(&self, actor: &Actor, slug: &str) -> Result<BillingView, ServiceError> {
        let membership = self.authorize(actor, slug, Action::ReadBilling).await?;
        let decision = self.decide(actor, membership, Action::OpenBillingPortal).await;
        let portal = match decision.first_reason() {
            None => PortalEntry::Open,
            Some(Reason::NoCustomer) => PortalEntry::SetUp,
            Some(reason) => PortalEntry::Hidden(reason),
        };
        let subscription = membership.billing.subscription.as_ref();
        Ok(BillingView {
            plan: self.plan_name(subscription),
            status: subscription.map(|s| s.status),
            current_period_end: subscription.and_then(|s| s.current_period_end),
            cancel_at: subscription.and_then(|s| s.cancel_at),
            seats: subscription.filter(|one| self.is_per_seat(&one.plan)).map(|one| one.seats),
            interval: subscription.and_then(|one| one.interval),
            next_invoice: subscription.and_then(|one| one.upcoming.invoice.clone()),
            change: subscription
                .and_then(|one| one.upcoming.change.clone())
                .map(|change| (self.plan_called(&change.plan), change)),
            goes_on: subscription.is_some_and(|s| s.status.goes_on()),
            may_manage: self.decide(actor, membership, Action::ManageBilling).await.allowed,
            portal,
        })
    }

    fn is_per_seat(&self, plan: &str) -> bool {
        let prices = self.settings.catalogue.plan(plan).and_then(|plan| plan.prices);
        prices.is_some_and(|prices| prices.per_seat)
    }

    fn plan_called(&self, slug: &str) -> String {
        self.settings.catalogue.plan(slug).map_or_else(|| "another plan".to_owned(), |plan| plan.name.clone())
    }

    /// What the plan is called that is in effect, or was last; the free one where there is none.
    fn plan_name(&self, subscription: Option<&Subscription>) -> String {
        let catalogue = &self.settings.catalogue;
        let plan = subscription.map_or_else(|| catalogue.free(), |subscription| catalogue.plan(&subscription.plan));
        plan.map_or_else(|| "Unknown".to_owned(), |plan| plan.name.clone())
    }
}

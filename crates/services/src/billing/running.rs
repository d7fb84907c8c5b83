//! What an organisation has running at the provider right now, as it is changed.

use std::sync::Arc;

use domain::{
    CustomerId, OrgId,
    billing::{
        Catalogue, ItemSeen, Money, SubscriptionSeen,
        change::{NotChanged, Target, target},
        reduce,
    },
    form::{Field, Problem},
};
use store::Membership;

use super::{
    payments::{PaymentsError, PlanChange, PriceWanted},
    sync_customer::names_another,
};
use crate::{Alert, ServiceError, Services};

/// Asked of the provider, not of our rows: what is paid follows from it.
pub(super) struct Running {
    pub seen: SubscriptionSeen,
    pub members: u32,
    pub catalogue: Arc<Catalogue>,
}

/// What the client named, as typed.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    pub plan: String,
    pub interval: String,
    /// Empty where nothing is said of them.
    pub seats: String,
}

impl Services {
    pub(super) async fn running(&self, membership: &Membership) -> Result<Running, ServiceError> {
        let org = membership.organization.id;
        let customer = membership.billing.customer.as_ref().ok_or_else(|| not_changed(NotChanged::NotSubscribed))?;
        let (seen, members) = tokio::join!(self.seen(org, customer), self.store.list_members(org));
        let members = u32::try_from(members?.len()).unwrap_or(u32::MAX);
        Ok(Running { seen: seen?, members, catalogue: Arc::clone(&self.settings.catalogue) })
    }

    async fn seen(&self, org: OrgId, customer: &CustomerId) -> Result<SubscriptionSeen, ServiceError> {
        let seen = self.ports.payments.billing_of(customer).await;
        let seen = seen.inspect_err(|error| self.change_failed(org, "billing_of", error))?;
        let ours: Vec<_> =
            seen.subscriptions.into_iter().filter(|one| !names_another(one.organization.as_deref(), org)).collect();
        let current = reduce(&ours).current.cloned();
        current.ok_or_else(|| not_changed(NotChanged::NotSubscribed))
    }

    pub(super) fn change_failed(&self, org: OrgId, call: &'static str, error: &PaymentsError) {
        self.ports.alerts.raise(&Alert::PaymentsFailed { org, call, error });
    }
}

impl Running {
    pub(super) fn target(&self, wish: &Wish) -> Result<Target<'_>, NotChanged> {
        let seats = match wish.seats.trim() {
            "" => None,
            typed => Some(typed.parse().map_err(|_| NotChanged::Seats)?),
        };
        target(&self.catalogue, (&wish.plan, &wish.interval), seats, (&self.seen.subscription, self.members))
    }

    /// As the provider is asked for it.
    pub(super) fn change<'a>(&'a self, target: &Target<'a>) -> Result<(PlanChange<'a>, PriceWanted<'a>), ServiceError> {
        // A subscription without an item, or a plan without a price: not one that we sold.
        let (item, prices) = self.seen.item.as_ref().zip(target.plan.prices).ok_or(PaymentsError::Mismatch)?;
        let change = PlanChange {
            subscription: &self.seen.subscription.id,
            item: &item.id,
            plan: &target.plan.slug,
            interval: target.interval,
            seats: target.seats,
        };
        let wanted = match self.kept_item(target) {
            Some(item) => PriceWanted::Kept(&item.price),
            None => PriceWanted::Sold { amount: prices.per(target.interval), currency: &self.catalogue.currency },
        };
        Ok((change, wanted))
    }

    /// What a seat of it costs each interval: of what it has already, as it is paid there.
    pub(super) fn unit(&self, target: &Target<'_>) -> Option<Money> {
        match self.kept_item(target) {
            Some(item) => item.unit.clone(),
            None => Some(self.catalogue.money(target.plan.prices?.per(target.interval))),
        }
    }

    /// Who stays on their plan keeps their price, however many seats they take (B-05).
    fn kept_item(&self, target: &Target<'_>) -> Option<&ItemSeen> {
        let current = &self.seen.subscription;
        let stays = current.plan == target.plan.slug && current.interval == Some(target.interval);
        self.seen.item.as_ref().filter(|_| stays)
    }
}

/// Beside its field.
pub(super) fn not_changed(why: NotChanged) -> ServiceError {
    let problem = match why {
        NotChanged::NoSuchPlan | NotChanged::NotSubscribed => (Field::Plan, Problem::Missing),
        NotChanged::PaymentOpen => (Field::Plan, Problem::PaymentOpen),
        NotChanged::Paused => (Field::Plan, Problem::OnHold),
        NotChanged::Canceled => (Field::Plan, Problem::Ending),
        NotChanged::Scheduled => (Field::Plan, Problem::Scheduled),
        NotChanged::Same => (Field::Plan, Problem::Unchanged),
        NotChanged::Seats => (Field::Seats, Problem::Malformed),
    };
    ServiceError::Invalid(vec![problem])
}

/// As the audit trail has it.
pub(super) const fn why(problem: Problem) -> &'static str {
    match problem {
        Problem::PaymentOpen => "payment_open",
        Problem::OnHold => "on_hold",
        Problem::Ending => "ending",
        Problem::Scheduled => "scheduled",
        Problem::Unchanged => "unchanged",
        Problem::Declined => "declined",
        Problem::Outdated => "outdated",
        Problem::Malformed => "seats",
        _ => "no_such_plan",
    }
}
